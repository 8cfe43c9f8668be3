import { describe, expect, it, vi } from 'vitest'
import { cookieJar } from '../support/cookie-jar.ts'
import { edge, json } from '../support/edge.ts'

/**
 * A page of a backend for a frontend. The refresh token is in a cookie that the page cannot read; the access token comes in
 * the body and lives in the page's memory, so a page that is loaded anew gets another one with the cookie.
 */

const SAME_ORIGIN = { origin: 'https://auth.example.com', 'sec-fetch-site': 'same-origin' }

function browser(fetch = edge()) {
  const jar = cookieJar()
  const send = async (path: string, init: RequestInit = {}) => {
    const headers = { ...SAME_ORIGIN, ...jar.header(), ...(init.headers as Record<string, string>) }
    const response = await fetch(path, { ...init, headers })
    jar.keep(response)
    return response
  }
  return { jar, send }
}

/** One load of the page. */
function page({ send }: ReturnType<typeof browser>) {
  let accessToken: string | undefined
  const keepToken = async (response: Response) => {
    const body = await response.json<{ access_token?: string }>()
    accessToken = body.access_token
    return { status: response.status, fields: Object.keys(body) }
  }
  return {
    register: (fields: object) => send('/register', json(fields)),
    login: async (fields: object) => keepToken(await send('/login', json(fields))),
    loginByForm: async (fields: Record<string, string>) =>
      keepToken(await send('/login', { method: 'POST', body: new URLSearchParams(fields) })),
    refresh: async () => keepToken(await send('/refresh-token', { method: 'POST' })),
    profile: () => send('/users/me', { headers: { authorization: `Bearer ${accessToken}` } }),
    logout: () => send('/logout', { method: 'POST' }),
  }
}

const ANN = { email: 'ann@example.com', username: 'ann', password: 'correct horse battery' }

describe('a page with cookies', () => {
  it('registers, logs in and shows the profile; no script can read a cookie or a refresh token', async () => {
    const device = browser()
    const { register, login, profile } = page(device)
    expect((await register(ANN)).status).toBe(201)
    expect(await login(ANN)).toEqual({ status: 200, fields: ['access_token', 'token_type', 'expires_in'] })
    expect(await (await profile()).json()).toMatchObject({ username: 'ann', email: 'ann@example.com' })
    expect(device.jar.names()).toEqual(['__Host-postern_refresh', '__Host-postern_device'])
    expect(device.jar.readable()).toEqual([])
  })

  it('a page that is loaded anew goes on with the cookie alone', async () => {
    const device = browser()
    const first = page(device)
    await first.register(ANN)
    await first.loginByForm({ username: 'ann', password: ANN.password })
    for (let load = 0; load < 3; load++) {
      const { refresh, profile } = page(device)
      expect((await profile()).status).toBe(401)
      expect(await refresh()).toEqual({ status: 200, fields: ['access_token', 'token_type', 'expires_in'] })
      expect((await profile()).status).toBe(200)
    }
  })

  it('logs out with the cookie alone; afterwards neither page nor cookie opens anything', async () => {
    const device = browser()
    const here = page(device)
    await here.register(ANN)
    await here.login(ANN)
    const left = await here.logout()
    expect([left.status, left.headers.get('clear-site-data')]).toEqual([200, '"cache", "storage"'])
    expect(device.jar.names()).toEqual(['__Host-postern_device'])
    expect((await here.profile()).status).toBe(401)
    expect((await page(device).refresh()).status).toBe(401)
  })

  it('the cookie goes with the session', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const device = browser()
    const { register, login, refresh } = page(device)
    await register(ANN)
    await login(ANN)
    vi.setSystemTime(Date.now() + 31 * 24 * 3_600_000)
    expect(device.jar.names()).toEqual(['__Host-postern_device'])
    expect((await refresh()).status).toBe(401)
  })
})
