import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { afterwork } from './support/after-work.ts'
import { pass } from './support/clock.ts'
import { fireCron } from './support/cron.ts'
import { complaintsSoFar } from './support/each.ts'
import { deafTo } from './support/faulty-bindings.ts'
import { ask, claimsIn, codeOf, people, register, registerAndLogIn } from './support/people.ts'
import { rowsOf, sql } from './support/rows.ts'

const patch = (token: string, body: object, bindings?: Env) =>
  ask('PATCH', '/auth/me', token, { body, ...(bindings && { bindings }) })
const namesOf = (userId: number) =>
  sql()`select identifier from identifiers where user_id = ${userId} order by kind, identifier`
const versionsOf = async (userId: number) =>
  (await sql()`select version, auth_version from users where user_id = ${userId}`)[0]
const usernameIn = (token: string) => claimsIn(token).username

it('changes what is named, leaves the rest, and answers like me', async () => {
  const { userId, access_token } = await registerAndLogIn()
  const named = await patch(access_token, { full_name: ' Ann Example ', username: 'Annie', locale: 'pt-BR' })
  expect(named.status).toBe(200)
  const answered = await named.text()
  expect(JSON.parse(answered)).toMatchObject({
    full_name: 'Ann Example',
    username: 'Annie',
    email: 'ann@example.com',
  })
  expect(await (await people.me(access_token)).text()).toBe(answered)
  expect(await (await patch(access_token, { locale: null })).json()).toMatchObject({ full_name: 'Ann Example' })
  expect(await (await patch(access_token, { full_name: null })).json()).toMatchObject({ username: 'Annie' })
  expect(await sql()`select full_name, username, locale from users`).toEqual([
    { full_name: null, username: 'Annie', locale: null },
  ])
  expect(await versionsOf(userId)).toEqual({ version: 4, auth_version: 1 })
})

it.each([
  ['keeps the name', 'zero'],
  ['has none', null],
])('web-borrowed-name of two changes at once, one of which %s: the name shown is held', async (_, asItWas) => {
  await register('ann@example.com', { username: 'zero' })
  const { access_token } = await people.logIn()
  for (let round = 0; round < 12; round++) {
    await patch(access_token, { username: asItWas })
    await Promise.all([patch(access_token, { username: 'bob' }), patch(access_token, { username: asItWas })])
    const [user] = await rowsOf<{ username: string | null }>('users')
    const held = await rowsOf<{ kind: string | null; identifier: string }>('identifiers')
    expect(held.find(({ kind }) => kind === 'username')?.identifier ?? null).toBe(user?.username ?? null)
  }
})

it('a new username logs in at once, the old one no more, and stands in the next access token', async () => {
  const userId = await register('ann@example.com', { username: 'Ann.Old' })
  const { access_token, refresh_token } = await people.logIn()
  expect((await patch(access_token, { username: 'Ann.New' })).status).toBe(200)
  expect((await people.tryToLogIn({ username: 'ann.new' })).status).toBe(200)
  expect((await people.tryToLogIn({ username: 'ann.old' })).status).toBe(401)
  expect(await namesOf(userId)).toEqual([{ identifier: 'ann@example.com' }, { identifier: 'ann.new' }])
  const refreshed = await (await people.refresh(refresh_token)).json<{ access_token: string }>()
  expect(usernameIn(refreshed.access_token)).toBe('Ann.New')
  await register('bob@example.com', { username: 'ann.old' })
})

it('one’s own username may be spelt anew', async () => {
  const userId = await register('ann@example.com', { username: 'annie' })
  const { access_token } = await people.logIn()
  for (const username of ['Annie', 'ANNIE']) {
    expect(await (await patch(access_token, { username })).json()).toMatchObject({ username })
  }
  expect(await namesOf(userId)).toHaveLength(2)
})

it('null gives the username back: the address serves, and the name is free', async () => {
  const userId = await register('ann@example.com', { username: 'annie' })
  const { access_token } = await people.logIn()
  expect(await (await patch(access_token, { username: null })).json()).toMatchObject({ username: 'ann@example.com' })
  expect(await (await patch(access_token, { username: null })).json()).toMatchObject({ username: 'ann@example.com' })
  expect(await namesOf(userId)).toEqual([{ identifier: 'ann@example.com' }])
  await register('bob@example.com', { username: 'annie' })
  expect(await codeOf(await patch(access_token, { username: 'annie' }))).toBe('409 identifier_taken')
})

it.each(['bobby', 'BOBBY', 'ｂｏｂｂｙ'])('409 for the taken name %s, and nothing changes', async (username) => {
  await register('bob@example.com', { username: 'Bobby' })
  const { userId, access_token } = await registerAndLogIn()
  expect(await codeOf(await patch(access_token, { username, full_name: 'Bob' }))).toBe('409 identifier_taken')
  expect(await (await people.me(access_token)).json()).toMatchObject({
    username: 'ann@example.com',
    full_name: null,
  })
  expect(await versionsOf(userId)).toEqual({ version: 1, auth_version: 1 })
})

it.each(['bob@example.com', 'nobody@example.com', 'ann@example', '@annie', 'bob＠example.com'])(
  'web-borrowed-name a username with an @ that is not one’s own address is refused: %s',
  async (username) => {
    await register('bob@example.com')
    const { access_token } = await registerAndLogIn()
    const response = await patch(access_token, { username })
    expect(response.status).toBe(422)
    expect(await response.json()).toMatchObject({ errors: [{ path: 'username' }] })
  },
)

it('web-borrowed-name one’s own address, however spelt, is the same as none', async () => {
  const userId = await register('ann@example.com', { username: 'annie' })
  const { access_token } = await people.logIn()
  const response = await patch(access_token, { username: 'ANN@Example.com' })
  expect(await response.json()).toMatchObject({ username: 'ann@example.com' })
  expect(await namesOf(userId)).toEqual([{ identifier: 'ann@example.com' }])
})

it.each([
  ['a username of one letter', { username: 'a' }, 'username'],
  ['two words', { username: 'two words' }, 'username'],
  ['two scripts', { username: 'аdmin' }, 'username'],
  ['a number', { username: 7 }, 'username'],
  ['bidi in a full name', { full_name: 'Ann\u202e' }, 'full_name'],
  ['a line break in a full name', { full_name: 'Ann\nBcc: x' }, 'full_name'],
  ['a full name of 201 letters', { full_name: 'x'.repeat(201) }, 'full_name'],
  ['a locale that is none', { locale: 'not a locale' }, 'locale'],
  ['a lone surrogate', { full_name: '\ud800' }, 'full_name'],
])('422 for %s', async (_, fields, path) => {
  const { access_token } = await registerAndLogIn()
  const response = await patch(access_token, fields)
  expect(response.status).toBe(422)
  expect(await response.json()).toMatchObject({ errors: [{ path }] })
})

it('15.3 changes nothing else, whatever is sent', async () => {
  const { userId, access_token } = await registerAndLogIn()
  const [before] = await sql()`select subject, email, roles, status, email_verified_at, password_hash from users`
  const greedy = { roles: ['admin'], email: 'eve@example.com', status: 'disabled', user_id: 9, subject: 'x' }
  expect((await patch(access_token, { ...greedy, email_verified: true, password_hash: 'x', version: 9 })).status).toBe(
    200,
  )
  expect(await sql()`select subject, email, roles, status, email_verified_at, password_hash from users`).toEqual([
    before,
  ])
  expect(await versionsOf(userId)).toEqual({ version: 1, auth_version: 1 })
})

it.each([
  ['nothing at all', {}],
  ['what is so already', { full_name: ' Ann Example ', username: 'Annie', locale: 'pt-BR' }],
  ['a part of it', { locale: 'pt-BR' }],
  ['the username alone', { username: 'Annie' }],
])('asked for %s, it writes and tells nothing, and answers what there is', async (_, fields) => {
  const { userId, access_token } = await registerAndLogIn()
  const full = { full_name: 'Ann Example', username: 'Annie', locale: 'pt-BR' }
  const answered = await (await patch(access_token, full)).text()
  const written = () =>
    sql()`select xmin::text from users union all select xmin::text from identifiers union all select event_id from outbox`
  const before = await written()
  const again = await patch(access_token, fields)
  expect([again.status, await again.text()]).toEqual([200, answered])
  expect([await written(), await versionsOf(userId)]).toEqual([before, { version: 2, auth_version: 1 }])
})

it('asked for one thing that is so and one that is not, it changes that one', async () => {
  const { userId, access_token } = await registerAndLogIn()
  await patch(access_token, { full_name: 'Ann', username: 'Annie' })
  expect(await (await patch(access_token, { full_name: null, username: 'Annie' })).json()).toMatchObject({
    full_name: null,
    username: 'Annie',
  })
  expect(await versionsOf(userId)).toEqual({ version: 3, auth_version: 1 })
})

it('stands although the session object cannot be told, and that is recorded', async () => {
  const { access_token, refresh_token } = await registerAndLogIn()
  const response = await patch(access_token, { full_name: 'Ann', username: 'annie' }, deafTo('advance'))
  expect(await response.json()).toMatchObject({ full_name: 'Ann' })
  await afterwork()
  expect(await (await people.me(access_token)).json()).toMatchObject({ full_name: 'Ann' })
  expect(complaintsSoFar().map((line) => JSON.parse(line).code)).toEqual(['background_failure'])
  pass({ minutes: 1 })
  await fireCron(env)
  const refreshed = await (await people.refresh(refresh_token)).json<{ access_token: string }>()
  expect(usernameIn(refreshed.access_token), 'the outbox has told it').toBe('annie')
})
