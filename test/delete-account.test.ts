import { expect, it } from 'vitest'
import { codeOf, PASSWORD, people, register, registerAndLogIn } from './support/people.ts'
import { sql } from './support/rows.ts'
import { deleteMe } from './support/signed-in.ts'

it.each([
  ['missing', {}, '422 invalid_body'],
  ['empty', { password: '' }, '403 wrong_password'],
  ['wrong', { password: 'wrong horse battery' }, '403 wrong_password'],
])('with the password %s it is refused, and nothing changes', async (_, body, code) => {
  const { access_token } = await registerAndLogIn()
  expect(await codeOf(await deleteMe(access_token, body))).toBe(code)
  expect((await people.me(access_token)).status).toBe(200)
  expect((await people.tryToLogIn()).status).toBe(200)
})

it('frees the names for somebody who is somebody else', async () => {
  const userId = await register('ann@example.com', { username: 'annie' })
  const before = await people.logIn()
  await deleteMe(before.access_token, { password: PASSWORD })
  const next = await register('ann@example.com', { username: 'annie' })
  expect(next).toBeGreaterThan(userId)
  await people.logIn({ username: 'annie' })
  expect((await people.me(before.access_token)).status).toBe(401)
  expect((await people.refresh(before.refresh_token)).status).toBe(401)
  expect((await deleteMe(before.access_token, { password: PASSWORD })).status).toBe(401)
  expect(await sql()`select user_id::int from users`).toEqual([{ user_id: next }])
})

it('8.2.2 touches nobody else', async () => {
  const bob = await registerAndLogIn('bob@example.com')
  const ann = await registerAndLogIn()
  await deleteMe(ann.access_token, { password: PASSWORD, user_id: bob.userId, email: 'bob@example.com' })
  expect((await people.me(bob.access_token)).status).toBe(200)
  expect((await people.refresh(bob.refresh_token)).status).toBe(200)
  expect((await people.tryToLogIn({ username: 'bob@example.com' })).status).toBe(200)
  expect(await sql()`select identifier from identifiers`).toEqual([{ identifier: 'bob@example.com' }])
})
