import { expect, it } from 'vitest'
import { postForm, postJson } from './support/api.ts'
import { sql } from './support/rows.ts'

const PASSWORD = 'correct horse battery'
const register = (fields: object) => postJson('/auth/register', { password: PASSWORD, ...fields })
const refusal = async (response: Response) => {
  const { code, errors } = await response.json<{ code: string; errors?: { path: string }[] }>()
  return [response.status, code, ...(errors ?? []).map(({ path }) => path)]
}

it('answers as the contract says, and stores what it answers', async () => {
  const response = await register({ email: 'Ann@Example.com', full_name: 'Ann' })
  expect(response.status).toBe(201)
  const body = await response.json()
  expect(body).toEqual({
    user_id: 1,
    username: 'ann@example.com',
    email: 'ann@example.com',
    full_name: 'Ann',
    created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  })
  const [user] = await sql()`select * from users`
  expect(user).toMatchObject({ status: 'active', version: 1, auth_version: 1, username: null, roles: [] })
  expect(user?.subject).toMatch(/^[\w-]{22}$/)
  expect(user?.password_hash).toMatch(/^\$scrypt\$/)
  expect(JSON.stringify(user)).not.toContain(PASSWORD)
})

it.each(['/auth/register', '/auth/signup', '/register'])('%s takes JSON and forms', async (path) => {
  const json = await postJson(path, { username: 'json@example.com', password: PASSWORD })
  const form = await postForm(path, { username: 'form@example.com', password: PASSWORD, full_name: '' })
  expect([json.status, form.status]).toEqual([201, 201])
  expect(await form.json()).toMatchObject({ user_id: 2, email: 'form@example.com', full_name: null })
})

it('keeps a username as written and claims it in its canonical form', async () => {
  const response = await register({ email: 'ann@example.com', username: 'Ann.Example' })
  expect(await response.json()).toMatchObject({ username: 'Ann.Example', email: 'ann@example.com' })
  const claimed = await sql()`select identifier, kind from identifiers order by kind`
  expect(claimed).toEqual([
    { identifier: 'ann@example.com', kind: 'email' },
    { identifier: 'ann.example', kind: 'username' },
  ])
})

it.each([
  [{ email: 'ANN@example.COM' }],
  [{ username: 'ann@example.com' }],
  [{ email: 'other@example.com', username: 'ANNIE' }],
  [{ email: 'other@example.com', username: 'ａｎｎｉｅ' }],
])('one namespace: %j is taken', async (names) => {
  expect((await register({ email: 'ann@example.com', username: 'annie' })).status).toBe(201)
  expect(await refusal(await register(names))).toEqual([409, 'identifier_taken'])
  expect(await sql()`select count(*)::int as n from users`).toEqual([{ n: 1 }])
})

it.each([
  ['no name at all', {}, 'email'],
  ['a username that is no address, alone', { username: 'ann' }, 'username'],
  ['two addresses in one field', { email: 'a@example.com,b@example.com' }, 'email'],
  ['a line break', { email: 'a@example.com\r\nBcc: b@example.com' }, 'email'],
  ['bidi in a full name', { email: 'a@example.com', full_name: 'Ann\u202e' }, 'full_name'],
  ['mixed scripts', { email: 'a@example.com', username: 'аdmin' }, 'username'],
  ['6.2.1 seven characters', { email: 'a@example.com', password: 'k7vq2pz' }, 'password'],
  ['6.2.4 a common password', { email: 'a@example.com', password: 'password123' }, 'password'],
  ['6.2.9 ten thousand characters', { email: 'a@example.com', password: 'x1'.repeat(5_000) }, 'password'],
  ['6.2.11 the product’s name', { email: 'a@example.com', password: 'postern1' }, 'password'],
  ['6.2.11 the local part', { email: 'longlocal@example.com', password: 'longlocal1' }, 'password'],
  ['6.2.11 the username', { email: 'a@example.com', username: 'longname', password: 'longname1!' }, 'password'],
])('refuses %s', async (_, fields, path) => {
  expect(await refusal(await register(fields))).toEqual([422, 'invalid_body', path])
})

it.each(['k7vq2pzx', '48151623421', 'only lower case', 'ünïcödé wörds', 'x1y2'.repeat(32)])(
  '6.2.5 accepts %s',
  async (password) => {
    expect((await register({ email: 'a@example.com', password })).status).toBe(201)
  },
)

it('15.3 ignores what a caller may not set', async () => {
  const response = await register({ email: 'a@example.com', roles: ['admin'], email_verified: true, user_id: 99 })
  expect(await response.json()).toMatchObject({ user_id: 1 })
  expect(await sql()`select roles, email_verified_at from users`).toEqual([{ roles: [], email_verified_at: null }])
})
