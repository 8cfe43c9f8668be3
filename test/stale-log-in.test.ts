import { describe, expect, it } from 'vitest'
import { afterwork } from './support/after-work.ts'
import { heldHash } from './support/guessing.ts'
import {
  claimsIn,
  codeOf,
  PASSWORD,
  people,
  register,
  sessionsIn,
  type TokenAnswer,
  workerClient,
} from './support/people.ts'
import { sql } from './support/rows.ts'
import { wrapped } from './support/wrapped-env.ts'

const NEW = 'battery staple horse'

/** A log-in that has read its user and gets no further. Nobody else waits behind it. */
const HELD = {
  async 'before the hash'() {
    const { spy, reached, goOn } = heldHash()
    const answer = workerClient(wrapped().env).tryToLogIn()
    await reached
    spy.mockRestore()
    return { answer, goOn }
  },
  async 'before its session opens'() {
    const watch = wrapped()
    const { reached, goOn } = watch.hold('UserSessions.open')
    const answer = workerClient(watch.env).tryToLogIn()
    await reached
    return { answer, goOn }
  },
}

type Point = keyof typeof HELD
const POINTS: [Point][] = [['before the hash'], ['before its session opens']]

type Held = Awaited<ReturnType<(typeof HELD)[Point]>>

async function outcomeOf({ answer, goOn }: Held): Promise<Response> {
  goOn()
  return answer
}

const live = async (token: string) => sessionsIn(await people.list(token))
const rolesOf = async (response: Response) => (await response.json<{ roles: string[] }>()).roles
const rolesIn = (token: string): unknown => claimsIn(token).roles

describe.each(POINTS)('web-log-in-race a log-in that is held %s', (point) => {
  it('while the password is changed: the old one opens nothing', async () => {
    await register()
    const { access_token } = await people.logIn()
    const held = await HELD[point]()
    expect((await people.changePassword(access_token, NEW)).status).toBe(204)
    expect(await codeOf(await outcomeOf(held))).toBe('401 invalid_credentials')
    expect(await live(access_token)).toHaveLength(1)
    expect((await people.tryToLogIn({ password: NEW })).status).toBe(200)
  })

  it('while the user is disabled: nothing opens, and it stays so', async () => {
    const userId = await register()
    const held = await HELD[point]()
    expect(await people.disable(userId)).toMatchObject({ ok: true })
    expect(await codeOf(await outcomeOf(held))).toBe('403 account_disabled')
    expect(await people.enable(userId)).toMatchObject({ ok: true })
    expect(await live((await people.logIn()).access_token)).toHaveLength(1)
  })

  it('while the user is disabled and enabled: it begins again, and opens with what is true now', async () => {
    const userId = await register()
    const { access_token } = await people.logIn()
    const held = await HELD[point]()
    await people.disable(userId)
    await people.enable(userId)
    const opened = await (await outcomeOf(held)).json<TokenAnswer>()
    expect((await people.me(access_token)).status).toBe(401)
    expect(await live(opened.access_token)).toHaveLength(1)
    await people.disable(userId)
    expect((await people.me(opened.access_token)).status).toBe(401)
  })

  it('while the user is deleted: nothing opens, not even for the next owner of the name', async () => {
    await register()
    const { access_token } = await people.logIn()
    const held = await HELD[point]()
    expect((await people.deleteAccount(access_token)).status).toBe(204)
    expect((await people.register('ann@example.com', { password: NEW })).status).toBe(201)
    expect(await codeOf(await outcomeOf(held))).toBe('401 invalid_credentials')
    expect(await live((await people.logIn({ password: NEW })).access_token)).toHaveLength(1)
  })

  it('while the user is demoted: it opens with the rights that are left', async () => {
    const userId = await register()
    await people.setRoles(userId, ['admin', 'editor'])
    const held = await HELD[point]()
    expect(await people.setRoles(userId, ['editor'])).toMatchObject({ ok: true })
    const { access_token, refresh_token } = await (await outcomeOf(held)).json<TokenAnswer>()
    expect(rolesIn(access_token)).toEqual(['editor'])
    expect(await rolesOf(await people.me(access_token))).toEqual(['editor'])
    expect(await people.verify(access_token)).toMatchObject({ ok: true, value: { roles: ['editor'] } })
    const refreshed = await (await people.refresh(refresh_token)).json<TokenAnswer>()
    expect(rolesIn(refreshed.access_token)).toEqual(['editor'])
  })
})

describe('web-log-in-race', () => {
  it('a log-in that is overtaken twice gives up, and was nobody’s wrong guess: its attempt is given back', async () => {
    const userId = await register()
    const watch = wrapped({ MAX_LOGIN_ATTEMPTS: '1' })
    watch.on('UserSessions.open', async (go) => {
      await people.disable(userId)
      await people.enable(userId)
      return go()
    })
    const who = workerClient(watch.env)
    expect(await codeOf(await who.tryToLogIn())).toBe('401 invalid_credentials')
    expect(watch.calls.filter((call) => call === 'UserSessions.open')).toHaveLength(2)
    watch.off('UserSessions.open')
    const { access_token } = await who.logIn()
    expect(await live(access_token)).toHaveLength(1)
    await afterwork()
    expect(await codeOf(await who.tryToLogIn({ password: NEW }))).toBe('401 invalid_credentials')
    expect(await codeOf(await who.tryToLogIn())).toBe('429 too_many_attempts')
  })

  it('a log-in that nobody overtakes is not asked twice, and one with a renewed hash is not stale', async () => {
    await register()
    const watch = wrapped({ PASSWORD_COST: '5' })
    const held = watch.hold('UserSessions.open')
    const answer = workerClient(watch.env).tryToLogIn()
    await held.reached
    const stronger = workerClient(wrapped({ PASSWORD_COST: '6' }).env)
    expect((await stronger.tryToLogIn()).status).toBe(200)
    held.goOn()
    expect((await answer).status).toBe(200)
    expect(await sql()`select version, auth_version from users`).toEqual([{ version: 1, auth_version: 1 }])
    expect((await people.tryToLogIn({ password: PASSWORD })).status).toBe(200)
    expect(watch.calls.filter((call) => call === 'UserSessions.open')).toHaveLength(1)
  })
})
