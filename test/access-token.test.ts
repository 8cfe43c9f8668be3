import { SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import { makeSid, splitSid } from '../src/crypto/access-claims.ts'
import { newId, toBase64url } from '../src/crypto/bytes.ts'
import {
  at,
  claims,
  encode,
  expected,
  forge,
  header,
  issue,
  keys,
  kid,
  later,
  now,
  reason,
  text,
  verify,
  withClaims,
  withHeader,
  withRaw,
} from './support/access-tokens.ts'

describe('an access token', () => {
  it('9.2.1 lives until its second is over, and log-out reads it afterwards', async () => {
    const token = await issue()
    expect(await reason(token, { now: later(899) })).toBe('accepted')
    expect(await reason(token, { now: later(900) })).toBe('expired')
    expect(await reason(token, { now: later(900), leewaySeconds: 60 })).toBe('expired')
    expect(await reason(token, { now: later(86_400), readExpired: true })).toBe('accepted')
    expect(await reason(token, { now: later(86_400), readExpired: true, issuer: 'https://other.example.com' })).toBe(
      'issuer',
    )
    expect(await reason(`${token.slice(0, -4)}AAAA`, { readExpired: true })).toBe('signature')
  })

  it('9.2.1 from a machine whose clock is ahead is accepted within the leeway alone', async () => {
    const token = await issue()
    expect(await reason(token, { now: later(-5) })).toBe('accepted')
    expect(await reason(token, { now: later(-6) })).toBe('not_yet')
    expect(await reason(token, { now: later(-1), leewaySeconds: 0 })).toBe('not_yet')
  })

  it('names a session in two parts', () => {
    const [subject, sessionId] = [newId(), newId()]
    expect(splitSid(makeSid(subject, sessionId))).toEqual({ subject, sessionId })
    for (const sid of [
      '',
      '.',
      subject,
      `${subject}.`,
      `${subject}.${sessionId}.`,
      `${subject}.${sessionId}=`,
      `${subject}.ann`,
    ]) {
      expect(splitSid(sid)).toBeNull()
    }
  })
})

describe('how it is spelt', () => {
  it('9.1.1 has one spelling: no padding, no white space, no unused bits, three parts', async () => {
    const token = await issue()
    const [h = '', p = '', s = ''] = token.split('.')
    const spellings = [
      '',
      '.',
      '..',
      `${h}.${p}`,
      `${token}.`,
      `${token}.${s}`,
      `.${token}`,
      `${h}..${p}.${s}`,
      `${token}=`,
      `${token}==`,
      ` ${token}`,
      `${token} `,
      `${token}\n`,
      `${h}\t.${p}.${s}`,
      `${h}.${p} .${s}`,
      `${h}.${p}=.${s}`,
      `${token.slice(0, -1)}${String.fromCharCode(token.charCodeAt(token.length - 1) + 1)}`,
      `Bearer ${token}`,
      JSON.stringify({ protected: h, payload: p, signature: s }),
    ]
    for (const spelling of spellings) expect(await reason(spelling)).toMatch(/malformed|header/)
    expect(await reason(token)).toBe('accepted')
  })

  it('9.1.1 a longer text is not even read', async () => {
    expect(await reason(`${await issue({ username: 'a'.repeat(6200) })}`)).toBe('too_large')
    expect(await reason(await issue({ username: 'a'.repeat(5000) }))).toBe('accepted')
  })

  it.each([
    ['a claim twice', async () => forge(JSON.stringify(header), JSON.stringify(claims).replace('{', '{"sub":"1",'))],
    [
      'a claim twice, once escaped',
      async () => forge(JSON.stringify(header), JSON.stringify(claims).replace('{', '{"s\\u0075b":"1",')),
    ],
    [
      'a header member twice',
      async () => forge(JSON.stringify(header).replace('{', '{"alg":"none",'), JSON.stringify(claims)),
    ],
    ['white space', async () => forge(JSON.stringify(header), JSON.stringify(claims, null, 1))],
    ['a list', async () => forge(JSON.stringify(header), `[${JSON.stringify(claims)}]`)],
    ['no JSON', async () => forge(JSON.stringify(header), 'ann')],
    ['nothing', async () => forge(JSON.stringify(header), '')],
  ])('15.3 refuses %s', async (_, token) => {
    expect(await reason(await token())).toBe('malformed')
  })

  it('16.5 malformed UTF-8 is refused, not replaced', async () => {
    const token = await issue()
    const [h, , s] = token.split('.')
    expect(await reason(`${h}.${toBase64url(Uint8Array.of(0xff, 0xfe))}.${s}`)).toBe('signature')
    expect(await reason(`${toBase64url(Uint8Array.of(0xff, 0xfe))}.${encode('{}')}.${s}`)).toBe('header')
  })
})

describe('who chooses the key', () => {
  it.each(['none', 'None', 'NONE', 'nOnE', '', 'HS256', 'RS256', 'ES384', 'EdDSA', 'toString', '__proto__'])(
    '9.1.2 not the header: alg %o',
    async (alg) => {
      expect(await reason(await withHeader({ alg }))).toBe('unknown_key')
      const [h, p] = (await withHeader({ alg })).split('.')
      expect(await reason(`${h}.${p}.`)).toBe('unknown_key')
    },
  )

  it('9.1.2 HS256 with the public key as its secret is refused', async () => {
    const published = JSON.stringify(keys.jwks(now).keys[0])
    for (const secret of [published, text, kid]) {
      const token = await new SignJWT(claims)
        .setProtectedHeader({ ...header, alg: 'HS256' })
        .sign(new TextEncoder().encode(secret.padEnd(32)))
      expect(await reason(token)).toBe('unknown_key')
    }
  })

  it.each([
    '../../../../dev/null',
    '/dev/null',
    '__proto__',
    'constructor',
    '',
    'https://evil.test/key',
    '\0',
    "' or '1'='1",
  ])('9.1.3 not a kid that is a path or a query: %o', async (name) => {
    expect(await reason(await withHeader({ kid: name }))).toBe('unknown_key')
  })

  it.each([
    ['jku', 'https://evil.test/jwks.json'],
    ['x5u', 'https://evil.test/cert.pem'],
    ['x5c', ['MIIB']],
    ['x5t', 'AAAA'],
    ['jwk', { kty: 'EC' }],
    ['crit', ['exp']],
    ['b64', false],
    ['cty', 'JWT'],
    ['zip', 'DEF'],
    ['exp', 1],
    ['kid', 7],
    ['kid', null],
    ['alg', ['ES256']],
    ['typ', ['at+jwt']],
  ])('9.1.3 a header with %s: %o is refused, and nothing is fetched', async (name, value) => {
    expect(await reason(await withHeader({ [name]: value }))).toBe('header')
  })

  it('9.1.3 a header without a key is refused, as is one that is no object', async () => {
    expect(await reason(await withHeader({ kid: undefined }))).toBe('header')
    expect(await reason(await withHeader({ alg: undefined }))).toBe('header')
    for (const other of ['null', '[]', '"ES256"', '7', ''])
      expect(await reason(await forge(other, '{}'))).toBe('header')
  })

  it('9.1.1 nothing of a token can be changed', async () => {
    const [h = '', p = '', s = ''] = (await issue()).split('.')
    const other = JSON.stringify({ ...claims, roles: ['admin'] })
    expect(await reason(`${h}.${encode(other)}.${s}`)).toBe('signature')
    expect(await reason(`${h}.${p}.${s.slice(0, -4)}AAAA`)).toBe('signature')
    expect(await reason(`${h}.${p}.`)).toBe('signature')
    expect(await reason(`${h}.${p}.${toBase64url(new Uint8Array(64))}`)).toBe('signature')
  })
})

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
