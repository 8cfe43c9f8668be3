import { describe, expect, it } from 'vitest'
import { afterwork } from './support/after-work.ts'
import { call } from './support/api.ts'
import { inTurn } from './support/many.ts'
import { bearer, codeOf, from, PASSWORD, people, register, registerAndLogIn } from './support/people.ts'
import { sql } from './support/rows.ts'
import { changePassword, deleteMe } from './support/signed-in.ts'

const NEXT = 'another horse battery'
const RIGHT = { current_password: PASSWORD, new_password: NEXT }
const WRONG = { current_password: 'wrong horse battery', new_password: NEXT }
const opens = async (password: string) => (await people.tryToLogIn({ password }, from('198.51.100.9'))).status

describe('changing the password', () => {
  it('6.2.2 is a 204 without a body: the new password opens, and 6.2.3 the old one is dead', async () => {
    const { access_token } = await registerAndLogIn()
    const response = await changePassword(access_token, RIGHT)
    expect([response.status, await response.text()]).toEqual([204, ''])
    expect([await opens(PASSWORD), await opens(NEXT)]).toEqual([401, 200])
    const [user] = await sql()`select version, auth_version from users`
    expect(user).toEqual({ version: 2, auth_version: 2 })
  })

  it.each([
    ['missing', { new_password: NEXT }, '422 invalid_body'],
    ['empty', { current_password: '', new_password: NEXT }, '403 wrong_password'],
    ['wrong', WRONG, '403 wrong_password'],
    ['the new one', { current_password: NEXT, new_password: NEXT }, '403 wrong_password'],
  ])('6.2.3 with the current password %s it is refused, and nothing changes', async (_, body, code) => {
    await register()
    const [here, other] = [await people.logIn(), await people.logIn()]
    expect(await codeOf(await changePassword(here.access_token, body))).toBe(code)
    expect([await opens(PASSWORD), await opens(NEXT)]).toEqual([200, 401])
    expect((await people.me(other.access_token)).status).toBe(200)
  })

  it.each([
    ['6.2.1 seven characters', 'k7vq2pz'],
    ['6.2.4 a common password', 'password123'],
    ['6.2.9 ten thousand characters', 'x1'.repeat(5_000)],
    ['6.2.11 the product’s name', 'postern1'],
    ['6.2.11 the local part', 'longlocal1'],
    ['6.2.11 the username', 'nickname99'],
    ['NUL', 'correct\0horse battery'],
    ['nothing', ''],
  ])('%s is no new password', async (_, new_password) => {
    await register('longlocal@example.com', { username: 'nickname' })
    const { access_token } = await people.logIn({ username: 'nickname' })
    const response = await changePassword(access_token, { current_password: PASSWORD, new_password })
    expect(response.status).toBe(422)
    expect(await response.json()).toMatchObject({ code: 'invalid_body', errors: [{ path: 'new_password' }] })
    expect((await people.tryToLogIn({ username: 'nickname' })).status).toBe(200)
  })

  it('a refused new password spends no try', async () => {
    const { access_token } = await registerAndLogIn()
    const tooShort = { current_password: PASSWORD, new_password: 'short' }
    for (let n = 0; n < 7; n++) expect((await changePassword(access_token, tooShort)).status).toBe(422)
    expect((await changePassword(access_token, RIGHT)).status).toBe(204)
  })

  it('without an access token, or with one that is dead: 401 before anything is counted', async () => {
    const { access_token } = await registerAndLogIn()
    await call('/auth/logout', { method: 'POST', headers: bearer(access_token) })
    for (let n = 0; n < 6; n++) {
      expect(await codeOf(await changePassword(access_token, WRONG))).toBe('401 invalid_access_token')
    }
    expect((await people.tryToLogIn()).status).toBe(200)
  })
})

describe('a question for the password is counted like a log-in', () => {
  it('web-password-oracle five wrong ones close the way, to the right one and to log-in too', async () => {
    const { access_token } = await registerAndLogIn()
    await afterwork()
    const wrong = await inTurn(5, async () => (await changePassword(access_token, WRONG)).status)
    expect(wrong).toEqual(Array(5).fill(403))
    const refused = await changePassword(access_token, RIGHT)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(200)
    expect(await codeOf(refused)).toBe('429 too_many_attempts')
    expect((await people.tryToLogIn()).status).toBe(429)
    expect((await people.me(access_token)).status).toBe(200)
  })

  it('web-password-oracle one session has five tries, wherever they come from and whatever they ask for', async () => {
    const { access_token } = await registerAndLogIn()
    for (let n = 0; n < 5; n++) {
      const elsewhere = from(`198.51.100.${n}`)
      const guess =
        n % 2 ? changePassword(access_token, WRONG, elsewhere) : deleteMe(access_token, { password: 'x' }, elsewhere)
      expect((await guess).status).toBe(403)
    }
    expect((await changePassword(access_token, RIGHT, from('198.51.100.77'))).status).toBe(429)
    expect((await deleteMe(access_token, { password: PASSWORD }, from('198.51.100.78'))).status).toBe(429)
    expect((await people.tryToLogIn({}, from('198.51.100.79'))).status).toBe(200)
  })

  it('web-password-oracle a log-in’s wrong guesses count here too', async () => {
    const { access_token } = await registerAndLogIn()
    for (let n = 0; n < 5; n++) await people.tryToLogIn({ password: 'wrong' })
    expect((await changePassword(access_token, RIGHT)).status).toBe(429)
    expect((await deleteMe(access_token, { password: PASSWORD })).status).toBe(429)
  })
})
