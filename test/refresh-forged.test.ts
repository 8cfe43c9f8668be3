import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { parseConfig } from '../src/compose/config.ts'
import { deriveKeys } from '../src/crypto/keys.ts'
import { newSessionSecret, type RefreshToken, readRefreshToken, signRefreshToken } from '../src/crypto/refresh-token.ts'
import { postJson } from './support/api.ts'
import { deafTo } from './support/faulty-bindings.ts'
import { codeOf, from, people, registerAndLogIn, type TokenAnswer } from './support/people.ts'

const DEAD = '401 invalid_refresh_token'
const { refreshMac } = deriveKeys(parseConfig(env))

/** What somebody with our root key could make of a token. */
function altered(token: string, changes: Partial<RefreshToken>): string {
  const read = readRefreshToken(refreshMac, token)
  if (!read) throw new Error('no token of ours')
  return signRefreshToken(refreshMac, { ...read, ...changes })
}

const nextOf = (letter: string) => (letter === 'A' ? 'B' : 'A')
const SPELLINGS: [string, (tokens: TokenAnswer) => string][] = [
  ['nothing', () => ''],
  ['a word', () => 'garbage'],
  ['one letter changed', ({ refresh_token: t }) => `${t.slice(0, 60)}${nextOf(t.charAt(60))}${t.slice(61)}`],
  ['one letter more', ({ refresh_token: t }) => `${t}A`],
  ['an access token', ({ access_token }) => access_token],
  ['a device token', ({ device_token }) => device_token],
]

describe('a refresh token that is none', () => {
  it.each(SPELLINGS)('%s is a 401, wakes no object and harms no session', async (_, spell) => {
    const tokens = await registerAndLogIn()
    const unwoken = deafTo()
    expect(await codeOf(await postJson('/auth/refresh', { refresh_token: spell(tokens) }, {}, unwoken))).toBe(DEAD)
    expect((await people.refresh(tokens.refresh_token)).status).toBe(200)
  })

  it.each([[{}], [{ refreshToken: 'x' }]])('%j: none at all is a 401', async (body) => {
    expect(await codeOf(await postJson('/auth/refresh', body))).toBe(DEAD)
  })

  it.each([[7], [null], [['x']], [{}], ['x'.repeat(1_025)], ['a\0b']])('422 for %j', async (refresh_token) => {
    const response = await postJson('/auth/refresh', { refresh_token })
    expect(response.status).toBe(422)
    expect(await response.json()).toMatchObject({ errors: [{ path: 'refresh_token' }] })
  })

  it('FORGED_TOKENS: sixty a minute from one address, then 429; good ones go on, and so does everybody else', async () => {
    const { refresh_token } = await registerAndLogIn()
    const here = from('198.51.100.60')
    const forge = (headers: Record<string, string>) => people.refresh('A'.repeat(114), headers)
    const first = await Promise.all(Array.from({ length: 60 }, () => forge(here)))
    expect(new Set(first.map(({ status }) => status))).toEqual(new Set([401]))
    const refused = await forge(here)
    expect(await codeOf(refused)).toBe('429 too_many_attempts')
    expect(refused.headers.get('retry-after')).toBe('60')
    expect((await people.refresh(refresh_token, here)).status).toBe(200)
    expect((await forge(from('198.51.100.61'))).status).toBe(401)
  })
})

describe('a refresh token that our own key has signed', () => {
  it.each([
    ['another secret', { secret: newSessionSecret() }],
    ['an unknown session', { sessionId: 'AAAAAAAAAAAAAAAAAAAAAA' }],
    ['an unknown subject', { subject: 'AAAAAAAAAAAAAAAAAAAAAA' }],
  ])('with %s is a 401, and nothing else changes', async (_, changes) => {
    const tokens = await registerAndLogIn()
    for (const generation of [0, 1, 2]) {
      const forged = altered(tokens.refresh_token, { ...changes, generation })
      expect(await codeOf(await people.refresh(forged))).toBe(DEAD)
      expect((await people.logOutBy(forged, { all: true })).status).toBe(401)
      await people.logOutBy(forged)
    }
    expect((await people.me(tokens.access_token)).status).toBe(200)
    expect((await people.refresh(tokens.refresh_token)).status).toBe(200)
  })

  it.each([0, 2])('for generation %i, which has not been issued, ends the session', async (generation) => {
    const tokens = await registerAndLogIn()
    expect(await codeOf(await people.refresh(altered(tokens.refresh_token, { generation })))).toBe(DEAD)
    expect((await people.me(tokens.access_token)).status).toBe(401)
    expect(await codeOf(await people.refresh(tokens.refresh_token))).toBe(DEAD)
  })
})
