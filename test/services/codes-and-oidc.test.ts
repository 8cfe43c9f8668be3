import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import { newSigningKey } from '../../cli/keys/new-signing-key.ts'
import { edge, json } from '../support/edge.ts'

/**
 * The client of a service with six-digit reset codes and an OAuth and OpenID Connect server, and a consumer of its tokens
 * that knows the published keys and nothing else. The codes come with mail, and the authorization server after it, so
 * what is played here is what both stand on: accounts, sessions, and tokens that anybody can check.
 */

type Tokens = { access_token: string; refresh_token: string; expires_in: number }

function client(fetch = edge()) {
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
  const tokens = async (response: Response) => {
    expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-store'])
    return response.json<Tokens>()
  }
  return {
    alive: async () => (await fetch('/health/live')).ok && (await fetch('/')).ok,
    register: (email: string, password: string) => fetch('/auth/register', json({ email, password })),
    login: async (email: string, password: string) => tokens(await fetch('/auth/login', json({ email, password }))),
    refresh: async ({ refresh_token }: Tokens) => tokens(await fetch('/auth/refresh', json({ refresh_token }))),
    changePassword: ({ access_token }: Tokens, current_password: string, new_password: string) =>
      fetch('/auth/password/change', json({ current_password, new_password }, bearer(access_token))),
    me: ({ access_token }: Tokens) => fetch('/auth/me', { headers: bearer(access_token) }),
    keys: async () => (await fetch('/.well-known/jwks.json')).json<JSONWebKeySet>(),
  }
}

const check = (token: string, keys: JSONWebKeySet, audience = 'postern-tests') =>
  jwtVerify(token, createLocalJWKSet(keys), { issuer: 'https://auth.example.com', audience, typ: 'at+jwt' })

const ANN = ['ann@example.com', 'correct horse battery'] as const

describe('a client of the service with codes and OpenID Connect', () => {
  it('lives on one session from registering to a changed password', async () => {
    const ann = client()
    expect(await ann.alive()).toBe(true)
    expect((await ann.register(...ANN)).status).toBe(201)
    const elsewhere = await ann.login(...ANN)
    const here = await ann.refresh(await ann.login(...ANN))
    expect(here.expires_in).toBe(900)
    expect((await ann.changePassword(here, ANN[1], 'another horse entirely')).status).toBe(204)
    expect([(await ann.me(here)).status, (await ann.me(elsewhere)).status]).toEqual([200, 401])
    expect((await ann.login('ann@example.com', 'another horse entirely')).expires_in).toBe(900)
  })

  it('a consumer checks a token by the published keys: type, issuer, audience', async () => {
    const ann = client()
    await ann.register(...ANN)
    const { access_token } = await ann.login(...ANN)
    const keys = await ann.keys()
    const { payload, protectedHeader } = await check(access_token, keys)
    expect(protectedHeader).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: keys.keys[0]?.kid })
    expect(payload).toMatchObject({ sub: '1', username: 'ann@example.com', roles: [], client_id: 'postern' })
    await expect(check(access_token, keys, 'somebody-else')).rejects.toThrow('"aud"')
  })

  it('a consumer that fetched the keys before a rotation knows the next one already', async () => {
    const inAMinute = await newSigningKey('ES256', new Date(Date.now() + 60_000))
    const before = client(edge({ SIGNING_KEY_2: inAMinute }))
    const kept = await before.keys()
    await before.register(...ANN)
    const first = await before.login(...ANN)
    const begun = { ...JSON.parse(inAMinute), postern_signs_from: new Date(Date.now() - 1_000).toISOString() }
    const second = await client(edge({ SIGNING_KEY_2: JSON.stringify(begun) })).refresh(first)
    const kids = [first, second].map(({ access_token }) => decodeProtectedHeader(access_token).kid)
    expect(new Set(kids).size).toBe(2)
    for (const { access_token } of [first, second]) {
      expect((await check(access_token, kept)).payload.sub).toBe('1')
    }
  })
})
