import { describe, expect, it } from 'vitest'
import { call, ORIGIN, postForm, postJson } from './support/api.ts'
import { cookie, cookieSet, logInByCookie } from './support/browser.ts'
import { bearer, codeOf, from, PASSWORD, people, register, type TokenAnswer } from './support/people.ts'
import { wrapped } from './support/wrapped-env.ts'

const LISTED = 'https://app.example.com'
const ann = { username: 'ann@example.com', password: PASSWORD }
const bob = { email: 'bob@example.com', password: PASSWORD }
const FORM = 'application/x-www-form-urlencoded'
const COOKIE_PATHS = ['/login', '/auth/login', '/refresh-token', '/auth/refresh', '/logout', '/auth/logout']

const FOREIGN: [string, Record<string, string>][] = [
  ['cross-site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
  ['cross-site without an origin', { 'sec-fetch-site': 'cross-site' }],
  ['a neighbour', { 'sec-fetch-site': 'same-site', origin: 'https://other.example.com' }],
  ['a neighbour without an origin', { 'sec-fetch-site': 'same-site' }],
  ['an address typed', { 'sec-fetch-site': 'none' }],
  ['an old browser', { origin: 'https://evil.example' }],
  ['nobody in particular', { origin: 'null' }],
  ['our name without TLS', { origin: 'http://auth.example.com' }],
  ['our name as a part', { origin: 'https://auth.example.com.evil.example' }],
  ['a claim to be us', { 'sec-fetch-site': 'cross-site', origin: ORIGIN }],
]

async function enter() {
  await register()
  const response = await logInByCookie()
  return { token: cookieSet(response).value, ...(await response.json<TokenAnswer>()) }
}

describe('a foreign page', () => {
  it.each(FOREIGN)('3.5 from %s: nothing that has to do with cookies', async (_, headers) => {
    const { token, access_token } = await enter()
    for (const path of COOKIE_PATHS) {
      const response = await postJson(path, path.endsWith('login') ? ann : {}, { ...headers, ...cookie(token) })
      expect(await codeOf(response), path).toBe('403 foreign_origin')
      expect(response.headers.getSetCookie()).toEqual([])
    }
    for (const type of [FORM, 'Application/X-WWW-Form-Urlencoded ; charset=UTF-8'])
      expect((await postForm('/auth/register', bob, { ...headers, 'content-type': type })).status).toBe(403)
    expect((await people.me(access_token)).status).toBe(200)
    expect((await postJson('/refresh-token', {}, cookie(token))).status).toBe(200)
  })

  it.each([
    ['no browser', {}],
    ['our own page', { 'sec-fetch-site': 'same-origin', origin: ORIGIN }],
    ['our own page in an old browser', { origin: ORIGIN }],
    ['a listed page', { 'sec-fetch-site': 'cross-site', origin: LISTED }],
    ['a listed page in an old browser', { origin: LISTED }],
  ])('3.5 but %s may', async (_, headers) => {
    await register()
    const entered = await logInByCookie(headers)
    expect(entered.status).toBe(200)
    const refreshed = await postJson('/refresh-token', {}, { ...headers, ...cookie(cookieSet(entered).value) })
    expect(refreshed.status).toBe(200)
    const left = await postJson('/logout', {}, { ...headers, ...cookie(cookieSet(refreshed).value) })
    expect(left.status).toBe(200)
    expect((await postForm('/auth/register', bob, headers)).status).toBe(201)
  })

  it('web-log-in-csrf it can neither log a browser in nor spend its budget: it is refused before anything is asked', async () => {
    await register()
    const watch = wrapped()
    watch.watchSql()
    const foreign = { origin: 'https://evil.example' }
    for (let n = 0; n < 10; n++)
      expect(await codeOf(await postJson('/login', { ...ann, password: 'wrong' }, foreign, watch.env))).toBe(
        '403 foreign_origin',
      )
    expect(await codeOf(await postForm('/auth/login', ann, foreign))).toBe('403 foreign_origin')
    expect(await codeOf(await logInByCookie({ ...foreign, ...from('') }))).toBe('403 foreign_origin')
    expect(watch.calls).toEqual([])
    for (let n = 0; n < 4; n++) expect((await people.tryToLogIn({ password: 'wrong' })).status).toBe(401)
    expect((await people.tryToLogIn()).status).toBe(200)
  })

  it.each(['text/plain', 'application/jsonp', 'multipart/form-data', 'application/x-www-form-urlencoded;x=1', ''])(
    '3.5 a body of type %j, which no preflight would ask for, is refused',
    async (type) => {
      const { token } = await enter()
      for (const path of COOKIE_PATHS) {
        const headers = { ...cookie(token), ...from('203.0.113.7'), 'content-type': type }
        const response = await call(path, { method: 'POST', headers, body: JSON.stringify(ann) })
        expect(await codeOf(response), path).toBe('415 unsupported_media_type')
      }
    },
  )

  it.each([...COOKIE_PATHS, '/auth/password/change', '/auth/register'])('3.5 GET %s changes nothing', async (path) => {
    const { token, access_token } = await enter()
    const headers = { ...cookie(token), ...bearer(access_token) }
    expect((await call(path, { headers })).status).toBe(405)
    expect((await people.me(access_token)).status).toBe(200)
  })
})
