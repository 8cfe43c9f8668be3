import { expect, it } from 'vitest'
import { postJson } from './support/api.ts'
import { claimsIn, codeOf, from, PASSWORD, people, register, registerAndLogIn } from './support/people.ts'

it('the access token says who, where and until when', async () => {
  const { userId, access_token } = await registerAndLogIn()
  const claims = claimsIn(access_token)
  expect((await people.tryToLogIn()).headers.getSetCookie()).toEqual([])
  expect(claims).toEqual({
    iss: 'https://auth.example.com',
    sub: String(userId),
    aud: 'postern-tests',
    iat: expect.any(Number),
    exp: claims.iat + 900,
    jti: expect.stringMatching(/^[\w-]{22}\.1$/),
    sid: expect.stringMatching(/^[\w-]{22}\.[\w-]{22}$/),
    client_id: 'postern',
    username: 'ann@example.com',
    roles: [],
  })
})

it.each([
  ['the username', { username: 'annie' }],
  ['the username, otherwise spelt', { username: 'ＡＮＮＩＥ' }],
  ['the address as username', { username: 'Ann@Example.com' }],
  ['the address', { username: undefined, email: 'ann@example.com' }],
])('takes %s', async (_, names) => {
  await register('ann@example.com', { username: 'Annie' })
  expect((await people.tryToLogIn(names)).status).toBe(200)
})

it('a name that nobody can have is unknown, wherever it is cut', async () => {
  for (const length of [98, 99, 100]) {
    const username = `${'a'.repeat(length)}\u{1f600}`
    expect(await codeOf(await people.tryToLogIn({ username }, from(`198.51.100.${length}`)))).toBe(
      '401 invalid_credentials',
    )
  }
})

it.each([
  ['no name', { username: undefined }, 'username'],
  ['no password', { password: undefined }, 'password'],
  ['an unknown transport', { transport: 'pigeon' }, 'transport'],
  ['NUL', { password: 'correct\0horse' }, 'password'],
  ['ten thousand characters', { password: 'x1'.repeat(5_000) }, 'password'],
])('422 for %s', async (_, fields, path) => {
  const response = await people.tryToLogIn(fields)
  expect(response.status).toBe(422)
  expect(await response.json()).toMatchObject({ errors: [{ path }] })
})

it('4.1.3 no address, or nonsense for one: nobody is let in', async () => {
  await register()
  for (const address of ['', 'localhost', '999.1.1.1']) {
    const response = await postJson('/auth/login', { username: 'ann@example.com', password: PASSWORD }, from(address))
    expect(await codeOf(response)).toBe('403 address_unknown')
  }
})

it('4.1.3 X-Forwarded-For changes nothing', async () => {
  await register()
  const guess = (n: number) => people.tryToLogIn({ password: 'wrong' }, { 'x-forwarded-for': `198.51.100.${n}` })
  for (let n = 0; n < 5; n++) expect((await guess(n)).status).toBe(401)
  expect((await guess(6)).status).toBe(429)
})
