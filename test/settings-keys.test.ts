import { decodeJwt, decodeProtectedHeader } from 'jose'
import { describe, expect, it } from 'vitest'
import { newSigningKey } from '../cli/keys/new-signing-key.ts'
import { type Client, codeOf, people, register, serviceWith } from './support/people.ts'

const publishedBy = async (service: Client) => {
  const { keys } = await (await service.get('/.well-known/jwks.json')).json<{ keys: { kid: string }[] }>()
  return keys.map(({ kid }) => kid)
}

describe('whose tokens', () => {
  it.each([
    ['ISSUER', 'iss', 'https://other.example.com'],
    ['AUDIENCE', 'aud', 'somebody-else'],
  ])('%s is %s of every token, and of every token that is accepted', async (name, claim, value) => {
    await register()
    const other = serviceWith({ [name]: value })
    const { access_token } = await other.logIn()
    expect(decodeJwt(access_token)[claim]).toBe(value)
    expect((await other.me(access_token)).status).toBe(200)
    expect(await codeOf(await people.me(access_token))).toBe('401 invalid_access_token')
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
      expect(await codeOf(await people.me(access_token))).toBe('401 invalid_access_token')
    },
  )
})
