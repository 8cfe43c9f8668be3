import { env } from 'cloudflare:workers'
import { expect } from 'vitest'
import { call, postJson } from './api.ts'

export const PASSWORD = 'correct horse battery'
export const ADDRESS = '203.0.113.7'

export type TokenAnswer = {
  access_token: string
  refresh_token: string
  token_type: string
  expires_in: number
  device_token: string
}

export const from = (address: string) => ({ 'cf-connecting-ip': address })
export const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

export async function register(email = 'ann@example.com', fields: object = {}): Promise<number> {
  const response = await postJson('/auth/register', { email, password: PASSWORD, ...fields })
  expect(response.status).toBe(201)
  return (await response.json<{ user_id: number }>()).user_id
}

export const tryToLogIn = (fields: object = {}, headers: Record<string, string> = {}) =>
  postJson('/auth/login', { username: 'ann@example.com', password: PASSWORD, ...fields }, headers)

export async function logIn(fields: object = {}, headers: Record<string, string> = {}): Promise<TokenAnswer> {
  const response = await tryToLogIn(fields, headers)
  expect(response.status).toBe(200)
  return response.json()
}

export async function registerAndLogIn(email = 'ann@example.com'): Promise<TokenAnswer & { userId: number }> {
  const userId = await register(email)
  return { userId, ...(await logIn({ username: email })) }
}

export const refreshWith = (refresh_token: string, headers: Record<string, string> = {}) =>
  postJson('/auth/refresh', { refresh_token }, headers)

export const meWith = (accessToken: string) => call('/auth/me', { headers: bearer(accessToken) })

export const logOutWith = (accessToken: string, body: object = {}) =>
  postJson('/auth/logout', body, bearer(accessToken))

export const codeOf = async (response: Response) =>
  `${response.status} ${(await response.json<{ code?: string }>()).code}`

/** What a token says, whoever signed it. */
export const claimsIn = (token: string) => {
  const [, payload = ''] = token.split('.')
  return JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')))
}

/** Where the session of these tokens is held. */
export const objectOf = ({ access_token }: TokenAnswer) =>
  env.USER_SESSIONS.getByName(String(claimsIn(access_token).sid).split('.')[0] ?? '')
