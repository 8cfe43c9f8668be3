import { env } from 'cloudflare:workers'
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import { newSigningKey } from '../cli/keys/new-signing-key.ts'
import { SIGNS_FROM } from '../src/crypto/algorithms.ts'
import { call } from './support/api.ts'
import { pass } from './support/clock.ts'
import { envWith } from './support/faulty-bindings.ts'
import { bearer } from './support/people.ts'
import { breakEndpoint, sqlRequestsOf } from './support/switchboard.ts'
import { workerClient } from './support/worker-client.ts'

const HOUR = 60 * 60 * 1000
const published = async (bindings?: Env) => (await call('/.well-known/jwks.json', {}, bindings)).json<JSONWebKeySet>()
const checkOffline = async (token: string, keys: JSONWebKeySet) => {
  const expected = { issuer: 'https://auth.example.com', audience: 'postern-tests', typ: 'at+jwt' }
  return (await jwtVerify(token, createLocalJWKSet(keys), { ...expected, currentDate: new Date() })).payload
}

describe('the published keys', () => {
  it('are a JWK set that everybody may read and keep for minutes', async () => {
    const response = await call('/.well-known/jwks.json')
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toMatch(/^application\/json\b/)
    expect(response.headers.get('cache-control')).toBe('public, max-age=300')
    const { keys } = await response.json<JSONWebKeySet>()
    expect(keys).toEqual([
      {
        kty: 'EC',
        crv: 'P-256',
        x: expect.stringMatching(/^[\w-]{43}$/),
        y: expect.stringMatching(/^[\w-]{43}$/),
        kid: JSON.parse(env.SIGNING_KEY_1).kid,
        alg: 'ES256',
        use: 'sig',
      },
    ])
  })

  it('cost no SQL, and are there while Postgres is down', async () => {
    await breakEndpoint('sql', 'refuse')
    expect(await sqlRequestsOf(async () => expect((await published()).keys).toHaveLength(1))).toBe(0)
  })

  it.each(['ES256', 'EdDSA', 'RS256'] as const)('check a token offline: %s', async (algorithm) => {
    const bindings = envWith({ ALGORITHM: algorithm, SIGNING_KEY_1: await newSigningKey(algorithm, new Date(0)) })
    const worker = workerClient(bindings)
    await worker.register()
    const { access_token } = await worker.logIn()
    const keys = await published(bindings)
    expect(await checkOffline(access_token, keys)).toMatchObject({ sub: '1', username: 'ann@example.com' })
    for (const key of keys.keys) expect(Object.keys(key)).not.toContain('d')
    await expect(checkOffline(access_token, await published())).rejects.toThrow()
  })

  it('key rotation: the next key is published before it signs, and the last one as long as its tokens live', async () => {
    pass({})
    const next = await newSigningKey('ES256', new Date(Date.now() + HOUR))
    const kids = [JSON.parse(env.SIGNING_KEY_1).kid, JSON.parse(next).kid]
    expect(JSON.parse(next)[SIGNS_FROM]).toBeTypeOf('string')
    const bindings = envWith({ SIGNING_KEY_2: next })
    const worker = workerClient(bindings)
    await worker.register()
    const kept = await published(bindings)
    expect(kept.keys.map(({ kid }) => kid).toSorted()).toEqual(kids.toSorted())
    pass({ minutes: 59 })
    const before = await worker.logIn()
    pass({ minutes: 1 })
    const after = await worker.logIn()
    for (const { access_token } of [before, after]) {
      expect(await checkOffline(access_token, kept)).toMatchObject({ sub: '1' })
      expect((await call('/auth/me', { headers: bearer(access_token) }, bindings)).status).toBe(200)
    }
    const kidOf = (token: string) => JSON.parse(atob(token.split('.')[0] ?? '')).kid
    expect([kidOf(before.access_token), kidOf(after.access_token)]).toEqual(kids)
  })

  it('are none where the secret is shared: HS256 has nothing to publish', async () => {
    const bindings = envWith({ ALGORITHM: 'HS256', JWT_SECRET: 'q2bYt0bRk1nX8Zq6mJw2vLs9cHf4gTd7pQa5eKi0oM3' })
    const { keys } = await published(bindings)
    expect(keys.filter(({ kty }) => kty === 'oct')).toEqual([])
    expect(JSON.stringify(keys)).not.toContain('q2bYt0bR')
  })
})
