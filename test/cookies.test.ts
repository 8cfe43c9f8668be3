import { describe, expect, it } from 'vitest'
import { postForm, postJson } from './support/api.ts'
import { cookie, cookieSet, DEVICE_COOKIE, logInByCookie } from './support/browser.ts'
import { pass } from './support/clock.ts'
import { envWith } from './support/faulty-bindings.ts'
import { bearer, codeOf, PASSWORD, people, register, type TokenAnswer } from './support/people.ts'

const ALWAYS = ['HttpOnly', 'Path=/', 'SameSite=Strict', 'Secure']
const DEAD = '401 invalid_refresh_token'
const REFRESH = ['/auth/refresh', '/auth/refresh_token', '/refresh-token']
const LOG_OUT = ['/auth/logout', '/logout']

async function enter() {
  const response = await logInByCookie()
  expect(response.status).toBe(200)
  return { token: cookieSet(response).value, ...(await response.json<TokenAnswer>()) }
}

describe('a session whose refresh token travels in a cookie', () => {
  const ways: [string, () => Promise<Response>][] = [
    ['/login', () => logInByCookie()],
    ['/login as a form', () => postForm('/login', { username: 'ann@example.com', password: PASSWORD })],
    ['transport: cookie', () => people.tryToLogIn({ transport: 'cookie' })],
    ['/login/, as some write it', () => postJson('/login/', ann)],
    ['/%6cogin, as nobody writes it', () => postJson('/%6cogin', ann)],
    ['transport: body is not asked at /login', () => postJson('/login', { ...ann, transport: 'body' })],
  ]
  const ann = { username: 'ann@example.com', password: PASSWORD }

  it.each(ways)('3.3 %s: bound to the host, to TLS and to our pages, and no secret in the body', async (_, enterBy) => {
    await register()
    const response = await enterBy()
    const { value, attributes, maxAge } = cookieSet(response)
    expect(value).toMatch(/^[\w-]{100,}$/)
    expect(attributes.toSorted()).toEqual(ALWAYS)
    expect(maxAge).toBe(30 * 24 * 60 * 60)
    const device = cookieSet(response, DEVICE_COOKIE)
    expect(device.attributes.toSorted()).toEqual(ALWAYS)
    expect(device.maxAge).toBe(180 * 24 * 60 * 60)
    const text = await response.text()
    expect(Object.keys(JSON.parse(text)).toSorted()).toEqual(['access_token', 'expires_in', 'token_type'])
    expect(text).not.toContain(value)
    expect(response.headers.get('cache-control')).toBe('no-store')
  })

  it.each(REFRESH)('3.3 %s refreshes it from the cookie, into the cookie', async (path) => {
    await register()
    const { token } = await enter()
    const response = await postJson(path, {}, cookie(token))
    expect(response.status).toBe(200)
    const next = cookieSet(response)
    expect(next.attributes.toSorted()).toEqual(ALWAYS)
    expect(next.value).not.toBe(token)
    const body = await response.json<TokenAnswer>()
    expect(Object.keys(body).toSorted()).toEqual(['access_token', 'expires_in', 'token_type'])
    expect((await people.me(body.access_token)).status).toBe(200)
  })

  it('3.3 Max-Age is what is left of the session', async () => {
    await register()
    const bindings = envWith({ ABSOLUTE_SESSION_DAYS: '1' })
    pass({})
    const entered = await logInByCookie({}, bindings)
    expect(cookieSet(entered).maxAge).toBe(86_400)
    pass({ minutes: 23 * 60 })
    const refreshed = await postJson('/refresh-token', {}, cookie(cookieSet(entered).value), bindings)
    expect(cookieSet(refreshed).maxAge).toBe(3_600)
  })

  it.each(LOG_OUT)('14.3 %s by cookie ends it, and tells the browser to forget all but its cookies', async (path) => {
    await register()
    const { token, access_token } = await enter()
    for (let n = 0; n < 2; n++) {
      const response = await postJson(path, {}, cookie(token))
      expect([response.status, await response.json()]).toEqual([200, { status: 'success' }])
      expect(response.headers.get('clear-site-data')).toBe('"cache", "storage"')
      const { value, attributes, maxAge } = cookieSet(response)
      expect([value, maxAge]).toEqual(['', 0])
      expect(attributes.toSorted()).toEqual(ALWAYS)
      expect(response.headers.getSetCookie()).toHaveLength(1)
    }
    expect((await people.me(access_token)).status).toBe(401)
    expect(await codeOf(await postJson('/refresh-token', {}, cookie(token)))).toBe(DEAD)
  })

  it('14.3 a log-out without a cookie clears none', async () => {
    await register()
    const { access_token } = await people.logIn()
    const response = await postJson('/auth/logout', {}, bearer(access_token))
    expect(response.headers.get('clear-site-data')).toBeNull()
    expect(response.headers.getSetCookie()).toEqual([])
  })
})

describe('how a token travels belongs to its session', () => {
  it.each([...REFRESH, ...LOG_OUT])('%s takes neither transport for the other', async (path) => {
    await register()
    const inCookie = await enter()
    const inBody = await people.logIn()
    for (const body of [{}, { all: true }]) {
      expect(await codeOf(await postJson(path, { ...body, refresh_token: inCookie.token }))).toBe(DEAD)
      expect(await codeOf(await postJson(path, body, cookie(inBody.refresh_token)))).toBe(DEAD)
    }
    expect((await postJson('/refresh-token', {}, cookie(inCookie.token))).status).toBe(200)
    expect((await postJson('/auth/refresh', { refresh_token: inBody.refresh_token })).status).toBe(200)
  })

  it('a credential is taken from one place: the body before the cookie', async () => {
    await register()
    const inCookie = await enter()
    const inBody = await people.logIn()
    const response = await postJson('/auth/refresh', { refresh_token: inBody.refresh_token }, cookie(inCookie.token))
    expect(response.headers.getSetCookie()).toEqual([])
    const { refresh_token } = await response.json<TokenAnswer>()
    expect(refresh_token).toBeTypeOf('string')
    expect(await codeOf(await postJson('/refresh-token', { refresh_token: 'x' }, cookie(inCookie.token)))).toBe(DEAD)
    await postJson('/logout', { refresh_token }, cookie(inCookie.token))
    expect((await people.me(inBody.access_token)).status).toBe(401)
    expect((await people.me(inCookie.access_token)).status).toBe(200)
  })

  it('a credential is taken from one place: the header before both', async () => {
    await register()
    const inCookie = await enter()
    const inBody = await people.logIn()
    const inHeader = await people.logIn()
    const bad = { ...bearer('garbage'), ...cookie(inCookie.token) }
    expect((await postJson('/logout', { refresh_token: inBody.refresh_token }, bad)).status).toBe(401)
    const headers = { ...bearer(inHeader.access_token), ...cookie(inCookie.token) }
    const response = await postJson('/logout', { refresh_token: inBody.refresh_token }, headers)
    expect(response.status).toBe(200)
    expect(response.headers.getSetCookie(), 'the cookie of a session that lives on stays').toEqual([])
    const left = [inHeader, inBody, inCookie].map(async (each) => (await people.me(each.access_token)).status)
    expect(await Promise.all(left)).toEqual([401, 200, 200])
  })
})
