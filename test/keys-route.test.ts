import { env } from 'cloudflare:workers'
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import { newSigningKey } from '../cli/keys/new-signing-key.ts'
import { call } from './support/api.ts'
import { envWith } from './support/faulty-bindings.ts'
import { workerClient } from './support/people.ts'
import { breakEndpoint, sqlRequestsOf } from './support/switchboard.ts'

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
    const { access_token, refresh_token } = await worker.logIn()
    const keys = await published(bindings)
    expect(await checkOffline(access_token, keys)).toMatchObject({ sub: '1', username: 'ann@example.com' })
    expect([(await worker.me(access_token)).status, (await worker.refresh(refresh_token)).status]).toEqual([200, 200])
    expect(await worker.verify(access_token)).toMatchObject({ ok: true })
    for (const key of keys.keys) expect(Object.keys(key)).not.toContain('d')
    await expect(checkOffline(access_token, await published())).rejects.toThrow()
  })
})
