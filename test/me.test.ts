import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { call } from './support/api.ts'
import { bearer, codeOf, people, register, registerAndLogIn } from './support/people.ts'
import { sql } from './support/rows.ts'

const meAs = (authorization: string) => call('/auth/me', { headers: { authorization } })

it.each(['/auth/me', '/users/me'])('%s answers as the contract says', async (path) => {
  const userId = await register('ann@example.com', { username: 'Annie', full_name: 'Ann' })
  const { access_token } = await people.logIn()
  const response = await call(path, { headers: bearer(access_token) })
  expect(response.status).toBe(200)
  expect(response.headers.get('cache-control')).toBe('no-store')
  expect(await response.json()).toEqual({
    user_id: userId,
    username: 'Annie',
    email: 'ann@example.com',
    full_name: 'Ann',
    email_verified: false,
    roles: [],
    created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  })
})

it('roles and verification come from the session object, whatever token and cache say', async () => {
  const { userId, access_token } = await registerAndLogIn()
  await sql()`
    update users set roles = '{editor}', email_verified_at = now(), version = version + 1`
  await people.logIn()
  const lie = { user_id: userId, username: 'ann@example.com', version: 99, email: 'ann@example.com', full_name: null }
  const rights = { roles: ['admin'], email_verified: false }
  await env.PROFILES.put(`user:${userId}`, JSON.stringify({ ...lie, ...rights, created_at: new Date().toISOString() }))
  expect(await (await people.me(access_token)).json()).toMatchObject({ roles: ['editor'], email_verified: true })
})

it('without a token: 401, and a challenge that says no more', async () => {
  const response = await call('/auth/me')
  expect(response.headers.get('www-authenticate')).toBe('Bearer')
  expect(await codeOf(response)).toBe('401 access_token_missing')
  expect((await call('/auth/me?access_token=x', { headers: { cookie: 'access_token=x' } })).status).toBe(401)
})

it('6750 the scheme is spelt in any case, and the token after one space', async () => {
  const { access_token } = await registerAndLogIn()
  for (const scheme of ['Bearer', 'bearer', 'BEARER'])
    expect((await meAs(`${scheme} ${access_token}`)).status).toBe(200)
})

const HEADERS: [string, (token: string) => string][] = [
  ['Basic', () => 'Basic YW5uOmNvcnJlY3QgaG9yc2UgYmF0dGVyeQ=='],
  ['another scheme before a good token', (token) => `Token ${token}`],
  ['a scheme that begins alike', (token) => `Bearerx ${token}`],
  ['a good token without scheme', (token) => token],
  ['no token', () => 'Bearer'],
  ['two tokens', (token) => `Bearer ${token} ${token}`],
  ['two headers', (token) => `Bearer ${token}, Bearer ${token}`],
  ['two spaces', (token) => `Bearer  ${token}`],
  ['a tab', (token) => `Bearer\t${token}`],
  ['another signature', (token) => `Bearer ${token.slice(0, -6)}AAAAAA`],
  ['padding', (token) => `Bearer ${token}=`],
]
it.each(HEADERS)('9.1.1 401 for a header with %s', async (_, header) => {
  const { access_token } = await registerAndLogIn()
  const response = await meAs(header(access_token))
  expect(response.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"')
  expect(await codeOf(response)).toBe('401 invalid_access_token')
})
