import { beforeEach, describe, expect, it, vi } from 'vitest'
import { serviceWith } from './support/other-settings.ts'
import { bearer, codeOf, register } from './support/people.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const usual = serviceWith({})

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  await register()
})

const wait = (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds)
const successorIn = async (response: Response) => {
  expect(response.status).toBe(200)
  return response.json<{ access_token: string; refresh_token: string }>()
}

describe('lifetimes', () => {
  it('ACCESS_TOKEN_EXPIRE_MINUTES is how long an access token lives', async () => {
    const service = serviceWith({ ACCESS_TOKEN_EXPIRE_MINUTES: '2' })
    const { access_token, expires_in } = await service.logIn()
    expect(expires_in).toBe(120)
    wait(1.9 * MINUTE)
    expect((await service.me(access_token)).status).toBe(200)
    wait(0.2 * MINUTE)
    expect(await codeOf(await service.me(access_token))).toBe('401 invalid_access_token')
  })

  it.each([
    ['REFRESH_TOKEN_EXPIRE_DAYS', '2', 2 * DAY],
    ['REFRESH_TOKEN_EXPIRE_MINUTES', '30', 30 * MINUTE],
  ])('%s is how long a session lives without being refreshed', async (name, value, lifetime) => {
    const service = serviceWith({ [name]: value })
    const { refresh_token } = await service.logIn()
    wait(lifetime - MINUTE)
    const next = await successorIn(await service.refresh(refresh_token))
    wait(lifetime - MINUTE)
    const last = await successorIn(await service.refresh(next.refresh_token))
    wait(lifetime + MINUTE)
    expect(await codeOf(await service.refresh(last.refresh_token))).toBe('401 invalid_refresh_token')
  })

  it('REFRESH_TOKEN_EXPIRE_MINUTES is how long the cookie of a session lives', async () => {
    const service = serviceWith({ REFRESH_TOKEN_EXPIRE_MINUTES: '30' })
    const response = await service.tryToLogIn({ transport: 'cookie' })
    expect(response.headers.get('set-cookie')).toMatch(/__Host-postern_refresh=[^;]+; Max-Age=1800;/)
  })

  it('ABSOLUTE_SESSION_DAYS is how long it lives, however often it is refreshed', async () => {
    const service = serviceWith({ ABSOLUTE_SESSION_DAYS: '2', REFRESH_TOKEN_EXPIRE_DAYS: '1' })
    let { refresh_token } = await service.logIn()
    for (let count = 0; count < 3; count++) {
      wait(0.6 * DAY)
      refresh_token = (await successorIn(await service.refresh(refresh_token))).refresh_token
    }
    wait(0.3 * DAY)
    expect(await codeOf(await service.refresh(refresh_token))).toBe('401 invalid_refresh_token')
  })
})

describe('REFRESH_GRACE_SECONDS', () => {
  /** The same refresh token twice, and between the two a sign that the successor arrived. */
  async function refreshTwice(seconds: string, apart: number) {
    const service = serviceWith({ REFRESH_GRACE_SECONDS: seconds })
    const { refresh_token } = await service.logIn()
    const next = await successorIn(await service.refresh(refresh_token))
    expect((await service.me(next.access_token)).status).toBe(200)
    wait(apart * 1_000)
    const again = await service.refresh(refresh_token)
    return again.status === 200 ? (await successorIn(again)).refresh_token === next.refresh_token : codeOf(again)
  }

  it.each([
    ['20', 19, true],
    ['20', 21, '401 invalid_refresh_token'],
    ['0', 1, '401 invalid_refresh_token'],
    ['', 9, true],
    ['', 11, '401 invalid_refresh_token'],
  ])('REFRESH_GRACE_SECONDS=%s, and again after %i s: %s', async (seconds, apart, expected) => {
    expect(await refreshTwice(seconds, apart)).toBe(expected)
  })
})

describe('how many', () => {
  it('MAX_ACTIVE_SESSIONS is how many a user may have: the oldest one makes room', async () => {
    const service = serviceWith({ MAX_ACTIVE_SESSIONS: '2' })
    const first = await service.logIn()
    const second = await service.logIn()
    const third = await service.logIn()
    expect(await codeOf(await service.me(first.access_token))).toBe('401 invalid_access_token')
    for (const { access_token } of [second, third]) expect((await service.me(access_token)).status).toBe(200)
  })

  it('SESSION_LIMIT_POLICY=refuse refuses the log-in instead', async () => {
    const service = serviceWith({ MAX_ACTIVE_SESSIONS: '1', SESSION_LIMIT_POLICY: 'refuse' })
    const { access_token } = await service.logIn()
    expect(await codeOf(await service.tryToLogIn())).toBe('409 session_limit_reached')
    expect((await service.me(access_token)).status).toBe(200)
    await service.post('/auth/logout', {}, bearer(access_token))
    expect((await service.tryToLogIn()).status).toBe(200)
  })

  it('LOGOUT_ENDS=all ends every session of the user', async () => {
    const leave = async (logoutEnds: string) => {
      const service = serviceWith({ LOGOUT_ENDS: logoutEnds })
      const [here, there] = [await service.logIn(), await service.logIn()]
      expect((await service.post('/auth/logout', {}, bearer(here.access_token))).status).toBe(200)
      return (await usual.me(there.access_token)).status
    }
    expect([await leave('one'), await leave(''), await leave('all')]).toEqual([200, 200, 401])
  })
})
