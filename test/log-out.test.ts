import { describe, expect, it } from 'vitest'
import { call, postForm, postJson } from './support/api.ts'
import { pass } from './support/clock.ts'
import { envWith } from './support/faulty-bindings.ts'
import { bearer, codeOf, PASSWORD, people, register, registerAndLogIn, type TokenAnswer } from './support/people.ts'

const SUCCESS = { status: 'success' }
const lives = async ({ access_token }: TokenAnswer) => (await people.me(access_token)).status === 200
const next = async ({ refresh_token }: TokenAnswer) => (await people.refresh(refresh_token)).json<TokenAnswer>()
const succeeds = async (response: Response) => {
  expect([response.status, await response.json()]).toEqual([200, SUCCESS])
}
const leaveWith = (refresh_token: string, body: object = {}, bindings?: Env) =>
  postJson('/auth/logout', { refresh_token, ...body }, {}, bindings)

describe('log out', () => {
  it.each(['/auth/logout', '/logout'])('%s ends one session, by JSON, by form, and without a body', async (path) => {
    await register()
    const [one, two, three, other] = [
      await people.logIn(),
      await people.logIn(),
      await people.logIn(),
      await people.logIn(),
    ]
    await succeeds(await postJson(path, {}, bearer(one.access_token)))
    await succeeds(await postForm(path, { refresh_token: two.refresh_token }))
    await succeeds(await call(path, { method: 'POST', headers: bearer(three.access_token) }))
    expect(await Promise.all([one, two, three, other].map(lives))).toEqual([false, false, false, true])
  })

  it('takes an access token that has expired', async () => {
    const tokens = await registerAndLogIn()
    pass({ days: 1 })
    expect((await people.me(tokens.access_token)).status).toBe(401)
    await succeeds(await people.logOut(tokens.access_token))
    expect((await people.refresh(tokens.refresh_token)).status).toBe(401)
  })

  it('is a success once more where the session had ended already', async () => {
    const tokens = await registerAndLogIn()
    for (let n = 0; n < 2; n++) {
      await succeeds(await people.logOut(tokens.access_token))
      await succeeds(await leaveWith(tokens.refresh_token))
    }
    pass({ days: 200 })
    await succeeds(await people.logOut(tokens.access_token))
  })

  const forged = ({ access_token }: TokenAnswer) => `${access_token.slice(0, -6)}AAAAAA`
  it.each<[string, (tokens: TokenAnswer) => Promise<Response>]>([
    ['nothing at all', () => postJson('/auth/logout', {})],
    ['a forged access token', (tokens) => people.logOut(forged(tokens))],
    ['a refresh token as access token', ({ refresh_token }) => people.logOut(refresh_token)],
    ['an access token as refresh token', ({ access_token }) => leaveWith(access_token)],
    ['garbage', () => leaveWith('garbage')],
    ['Basic', () => postJson('/auth/logout', {}, { authorization: 'Basic YTpi' })],
  ])('401 for %s, and nothing ends', async (_, leave) => {
    const tokens = await registerAndLogIn()
    expect((await leave(tokens)).status).toBe(401)
    expect(await lives(tokens)).toBe(true)
  })
})

describe('log out everywhere', () => {
  const three = async () => {
    await register()
    return [await people.logIn(), await people.logIn(), await people.logIn()] as const
  }

  it('by the current refresh token, in a form too', async () => {
    const sessions = await three()
    const { refresh_token } = await next(sessions[0])
    await succeeds(await postForm('/auth/logout', { refresh_token, all: 'true' }))
    expect(await Promise.all(sessions.map(lives))).toEqual([false, false, false])
  })

  it('by nothing less: not by a refresh token of before, an expired access token, or one whose session has ended', async () => {
    const [one, two, ended] = await three()
    const current = await next(one)
    await people.logOut(ended.access_token)
    expect(await codeOf(await leaveWith(one.refresh_token, { all: true }))).toBe('401 invalid_refresh_token')
    expect(await codeOf(await people.logOut(ended.access_token, { all: true }))).toBe('401 invalid_access_token')
    expect(await codeOf(await leaveWith(ended.refresh_token, { all: true }))).toBe('401 invalid_refresh_token')
    pass({ minutes: 16 })
    expect(await codeOf(await people.logOut(two.access_token, { all: true }))).toBe('401 invalid_access_token')
    expect([await lives(await next(current)), await lives(await next(two))]).toEqual([true, true])
  })

  it.each([['yes'], [1], [null]])('422 for %j', async (all) => {
    const { access_token } = await registerAndLogIn()
    expect((await people.logOut(access_token, { all })).status).toBe(422)
    expect((await people.me(access_token)).status).toBe(200)
  })
})

describe('LOGOUT_ENDS=all', () => {
  const all = envWith({ LOGOUT_ENDS: 'all' })
  const leave = ({ access_token }: TokenAnswer) => postJson('/auth/logout', {}, bearer(access_token), all)

  it('LOGOUT_ENDS every log-out ends all sessions', async () => {
    await register()
    const sessions = [await people.logIn(), await people.logIn()] as const
    await succeeds(await leave(sessions[0]))
    expect(await Promise.all(sessions.map(lives))).toEqual([false, false])
    const again = [await people.logIn(), await people.logIn()] as const
    await succeeds(await leaveWith(again[0].refresh_token, {}, all))
    expect(await Promise.all(again.map(lives))).toEqual([false, false])
  })

  it('LOGOUT_ENDS a credential that is not good enough for that ends its own session', async () => {
    await register()
    const [old, expired, other] = [await people.logIn(), await people.logIn(), await people.logIn()]
    const current = await next(old)
    await succeeds(await leaveWith(old.refresh_token, {}, all))
    expect([await lives(current), await lives(expired), await lives(other)]).toEqual([false, true, true])
    pass({ minutes: 16 })
    await succeeds(await leave(expired))
    expect((await people.refresh(expired.refresh_token)).status).toBe(401)
    expect((await people.refresh(other.refresh_token)).status).toBe(200)
    await succeeds(await leave(expired))
  })

  it('LOGOUT_ENDS lets nobody out who has nothing', async () => {
    await register()
    expect((await postJson('/auth/logout', {}, {}, all)).status).toBe(401)
    expect((await postJson('/auth/logout', { refresh_token: PASSWORD }, {}, all)).status).toBe(401)
    expect((await postJson('/auth/logout', {}, bearer('garbage'), all)).status).toBe(401)
  })
})
