import { env } from 'cloudflare:workers'
import { decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import { newSigningKey } from '../cli/keys/new-signing-key.ts'
import { type Service, serviceWith } from './support/other-settings.ts'
import { codeOf, register } from './support/people.ts'

const usual = serviceWith({})
const publishedBy = async (service: Service) => {
  const { keys } = await (await service.get('/.well-known/jwks.json')).json<{ keys: { kid: string }[] }>()
  return keys.map(({ kid }) => kid)
}

describe('whose tokens', () => {
  it('ISSUER is iss of every token, and of every token that is accepted', async () => {
    await register()
    const other = serviceWith({ ISSUER: 'https://other.example.com' })
    const { access_token } = await other.logIn()
    expect(decodeJwt(access_token).iss).toBe('https://other.example.com')
    expect((await other.me(access_token)).status).toBe(200)
    expect(await codeOf(await usual.me(access_token))).toBe('401 invalid_access_token')
  })

  it('AUDIENCE is aud of every token, and of every token that is accepted', async () => {
    await register()
    const other = serviceWith({ AUDIENCE: 'somebody-else' })
    const { access_token } = await other.logIn()
    expect(decodeJwt(access_token).aud).toBe('somebody-else')
    expect((await other.me(access_token)).status).toBe(200)
    expect(await codeOf(await usual.me(access_token))).toBe('401 invalid_access_token')
  })
})

describe('the root', () => {
  const NEXT_ROOT = 'q2bYt0bRk1nX8Zq6mJw2vLs9cHf4gTd7pQa5eKi0oM3'
  const before = env.SECRET_KEY

  it('SECRET_KEY makes refresh tokens, and those of another one are forged', async () => {
    await register()
    const { refresh_token } = await usual.logIn()
    const response = await serviceWith({ SECRET_KEY: NEXT_ROOT }).refresh(refresh_token)
    expect(await codeOf(response)).toBe('401 invalid_refresh_token')
    expect((await usual.refresh(refresh_token)).status).toBe(200)
  })

  it('SECRET_KEYS_OLD are still accepted, and make nothing new', async () => {
    await register()
    const { refresh_token } = await serviceWith({ SECRET_KEY: before }).logIn()
    const rotated = await serviceWith({ SECRET_KEY: NEXT_ROOT, SECRET_KEYS_OLD: before }).refresh(refresh_token)
    expect(rotated.status).toBe(200)
    const successor = await rotated.json<{ refresh_token: string }>()
    expect((await serviceWith({ SECRET_KEY: before }).refresh(successor.refresh_token)).status).toBe(401)
    expect((await serviceWith({ SECRET_KEY: NEXT_ROOT }).refresh(successor.refresh_token)).status).toBe(200)
  })
})

describe('signing', () => {
  it.each(['SIGNING_KEY_1', 'SIGNING_KEY_2', 'SIGNING_KEY_3', 'SIGNING_KEY_4'])(
    '%s signs when its time has come, and is published',
    async (name) => {
      const key = await newSigningKey('ES256', new Date(Date.now() - 1_000))
      const { kid } = JSON.parse(key)
      const service = serviceWith({ [name]: key })
      await register()
      const { access_token } = await service.logIn()
      expect(decodeProtectedHeader(access_token)).toMatchObject({ alg: 'ES256', kid })
      expect(await publishedBy(service)).toContain(kid)
      expect((await service.me(access_token)).status).toBe(200)
      expect(await codeOf(await usual.me(access_token))).toBe('401 invalid_access_token')
    },
  )

  it.each(['EdDSA', 'RS256'] as const)('ALGORITHM decides which key signs: %s', async (algorithm) => {
    const service = serviceWith({ ALGORITHM: algorithm, SIGNING_KEY_2: await newSigningKey(algorithm, new Date(0)) })
    await register()
    const { access_token } = await service.logIn()
    expect(decodeProtectedHeader(access_token).alg).toBe(algorithm)
    expect((await service.me(access_token)).status).toBe(200)
    // A token of the algorithm before lives on: its key is still there.
    expect((await service.me((await usual.logIn()).access_token)).status).toBe(200)
  })

  it('JWT_SECRET signs where ALGORITHM is HS256: an older service’s consumers check it offline', async () => {
    const JWT_SECRET = 'kD8-2mXw_9fQzL4vB7nR1tYc6HsJ3pGa'
    const service = serviceWith({ ALGORITHM: 'HS256', JWT_SECRET })
    await register()
    const { access_token } = await service.logIn()
    const { payload } = await jwtVerify(access_token, new TextEncoder().encode(JWT_SECRET), { algorithms: ['HS256'] })
    expect(payload).toMatchObject({ username: 'ann@example.com' })
    expect(await publishedBy(service)).toEqual([])
    expect((await service.me(access_token)).status).toBe(200)
  })
})
