import { describe, expect, it } from 'vitest'
import {
  at,
  claims,
  expected,
  forge,
  header,
  reason,
  verify,
  withClaims,
  withHeader,
  withRaw,
} from './support/access-tokens.ts'

describe('what it says', () => {
  const never = 2 ** 53
  const wrongTimes = ['900', 0, -1, -at, 1.5, null, true, [], {}, never, at * 1000]

  it.each(wrongTimes)('9.2.1 an exp of %o is refused', async (exp) => {
    expect(await reason(await withClaims({ exp }))).toMatch(/claims|lifetime/)
  })

  it.each(wrongTimes)('9.2.1 an iat of %o is refused', async (iat) => {
    expect(await reason(await withClaims({ iat }))).toMatch(/claims|lifetime/)
  })

  it.each(wrongTimes)('9.2.1 an nbf of %o is refused', async (nbf) => {
    expect(await reason(await withClaims({ nbf }))).toMatch(/claims|not_yet/)
  })

  it.each(['exp', 'iat', 'nbf'])('9.2.1 an %s that is no number at all is refused', async (claim) => {
    for (const raw of ['NaN', '1e400', '-1e400', 'Infinity', '0x7fffffff', '01', `${at}.0`, '1e3']) {
      expect(await reason(await withRaw(claim, raw))).toBe('malformed')
    }
  })

  it('9.2.1 far futures are refused, and a past nbf is not', async () => {
    expect(await reason(await withClaims({ exp: at + 86_401 }))).toBe('lifetime')
    expect(await reason(await withClaims({ iat: at + 60, exp: at + 120 }))).toBe('not_yet')
    expect(await reason(await withClaims({ iat: at + 10 * 86_400, exp: at + 10 * 86_400 + 900 }))).toBe('not_yet')
    expect(await reason(await withClaims({ nbf: at + 60 }))).toBe('not_yet')
    expect(await reason(await withClaims({ nbf: at - 60 }))).toBe('accepted')
    expect(await reason(await withClaims({ exp: at }))).toBe('lifetime')
  })

  it.each(Object.keys(claims))('9.2.1 a token without %s is refused', async (claim) => {
    expect(await reason(await withClaims({ [claim]: undefined }))).toBe('claims')
  })

  it.each([undefined, 'JWT', 'jwt', 'at+JWT', 'application/at+jwt', 'rt+jwt', 'id_token', ' at+jwt', ''])(
    '9.2.2 a token of type %o is no access token',
    async (typ) => {
      expect(await reason(await withHeader({ typ }))).toBe('type')
    },
  )

  it.each([
    'https://auth.example.com/',
    'https://AUTH.example.com',
    'http://auth.example.com',
    'https://auth.example.com.evil.test',
    'https://other.example.com',
  ])('9.2.3 the issuer %s is another', async (iss) => {
    expect(await reason(await withClaims({ iss }))).toBe('issuer')
    expect(await reason(await withClaims({ iss: [iss, expected.issuer] }))).toBe('claims')
  })

  it('9.2.4 the audience is exactly ours', async () => {
    expect(await reason(await withClaims({ aud: 'other' }))).toBe('audience')
    expect(await reason(await withClaims({ aud: 'Example' }))).toBe('audience')
    for (const aud of [['example'], ['other', 'example'], [], {}, { 0: 'example' }, null, 7, '']) {
      expect(await reason(await withClaims({ aud }))).toBe('claims')
    }
  })

  it.each([
    ['sub', [7, '07', '-7', '7.0', '', 'ann', '1'.repeat(16), null]],
    ['sid', ['', 'x', 'a.b', `${'A'.repeat(21)}B.${'A'.repeat(22)}`, null, {}]],
    ['jti', ['', 7, null]],
    ['client_id', ['', 7, null]],
    ['username', ['', 7, null]],
    ['roles', ['user', [7], null, { 0: 'user' }]],
  ])('15.3 a claim of another type is refused: %s', async (claim, values) => {
    for (const value of values) expect(await reason(await withClaims({ [claim]: value }))).toBe('claims')
  })

  it('15.3 a claim called __proto__ changes nothing', async () => {
    const payload = JSON.stringify(claims).replace('{', '{"__proto__":{"roles":["admin"]},')
    const answer = await verify(await forge(JSON.stringify(header), payload))
    expect(answer).toEqual({ ok: true, claims })
  })
})
