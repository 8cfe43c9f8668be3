import { describe, expect, it, vi } from 'vitest'
import { call, postForm, postJson } from './support/api.ts'
import { operations } from './support/description.ts'
import { bearer, codeOf, from, PASSWORD, people, register, registerAndLogIn } from './support/people.ts'

const JSON_BODY = { 'content-type': 'application/json' }

it('caches: 14.3 whatever answers somebody signed in is kept by none, success or refusal', async () => {
  const { access_token } = await registerAndLogIn()
  const signedIn = (await operations()).filter((operation) => operation.signedIn)
  expect(signedIn.length).toBeGreaterThan(8)
  for (const { path, method } of signedIn) {
    const body = method === 'GET' ? {} : { body: '{}' }
    for (const headers of [{}, bearer('forged'), bearer(access_token)]) {
      const response = await call(path, { method, headers: { ...JSON_BODY, ...headers }, ...body })
      expect(response.headers.get('cache-control'), `${method} ${path} ${response.status}`).toBe('no-store')
    }
  }
})

describe('addresses in a request', () => {
  it.each(['//evil.example', '/\\evil.example', 'https:evil.example', 'https://evil.example', '/%2fevil.example'])(
    '3.7.2 nobody is sent on to %j',
    async (address) => {
      const names = ['next', 'url', 'redirect_uri', 'redirect_url', 'return_to', 'returnTo', 'continue', 'callbackUrl']
      const query = new URLSearchParams(names.map((name) => [name, address]))
      const { access_token } = await registerAndLogIn()
      const headers = { ...bearer(access_token), 'x-forwarded-host': 'evil.example', 'x-original-url': address }
      const paths = (await operations()).filter(({ method }) => method === 'GET').map(({ path }) => path)
      for (const path of [...paths, '/auth/login', '/api/docs', `/${address}`]) {
        const response = await call(`${path}?${query}`, { headers, redirect: 'manual' })
        expect(Math.floor(response.status / 100), path).not.toBe(3)
        expect(response.headers.get('location')).toBeNull()
        expect(await response.text()).not.toContain('evil')
      }
    },
  )
})

describe('fields that a caller may not set', () => {
  const MORE = {
    user_id: 99,
    subject: 'x'.repeat(22),
    roles: ['admin'],
    role: 'admin',
    status: 'disabled',
    email_verified: true,
    email_verified_at: '2020-01-01T00:00:00Z',
    version: 99,
    auth_version: 99,
    password_hash: 'x',
    created_at: '2020-01-01T00:00:00Z',
    constructor: { prototype: { roles: ['admin'] } },
    prototype: { roles: ['admin'] },
  }
  const patch = (token: string, body: object | string) =>
    call('/auth/me', {
      method: 'PATCH',
      headers: { ...JSON_BODY, ...bearer(token) },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })

  it('15.3 are ignored wherever they are sent', async () => {
    await postJson('/auth/register', { email: 'ann@example.com', password: PASSWORD, ...MORE })
    const { access_token } = await people.logIn({ ...MORE, status: 'active' })
    const before = await (await people.me(access_token)).json()
    expect(before).toMatchObject({ user_id: 1, email: 'ann@example.com', roles: [], email_verified: false })
    const changed = await patch(access_token, { ...MORE, email: 'eve@example.com', full_name: 'Ann' })
    expect(await changed.json()).toEqual({ ...Object(before), full_name: 'Ann' })
    expect(await (await people.me(access_token)).json()).toEqual({ ...Object(before), full_name: 'Ann' })
    expect(Object.hasOwn({}.constructor.prototype, 'roles')).toBe(false)
  })
})

describe('the log', () => {
  const FORGED = '{"at":"2020-01-01T00:00:00Z","route":"/forged","status":200}'
  const NEW_LINES = `\n${FORGED}\r\n${FORGED}\u2028${FORGED}\u0085`

  it('16.4.1 nothing that a caller sends makes a second line, or a field, of it', async () => {
    const lines: string[] = []
    vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line))
    const escaped = encodeURIComponent(NEW_LINES)
    const headers = {
      'user-agent': FORGED,
      'cf-ray': FORGED,
      'x-request-id': FORGED,
      'cf-connecting-ip': FORGED,
      'x-forwarded-for': FORGED,
      authorization: `Bearer ${FORGED}`,
      cookie: `__Host-postern_refresh=${escaped}`,
    }
    await call(`/${escaped}?${escaped}`, { headers })
    await call(`/auth/sessions/${escaped}`, { method: 'DELETE', headers })
    await call('/auth/me', { headers })
    await postJson('/auth/login', { username: NEW_LINES, password: NEW_LINES }, headers)
    await postJson('/auth/login', { username: NEW_LINES, password: NEW_LINES })
    await postJson('/auth/register', { email: NEW_LINES, full_name: NEW_LINES, password: NEW_LINES })
    await postForm('/auth/login', { [NEW_LINES]: NEW_LINES })
    await call('/', { method: 'PROPFIND' })
    expect(lines).toHaveLength(8)
    for (const line of lines) {
      expect(line).not.toMatch(/[\n\r\u2028\u0085]/)
      expect(line).not.toContain('forged')
      expect(Object.keys(JSON.parse(line)).filter((name) => !FIELDS.has(name))).toEqual([])
    }
  })

  const FIELDS = new Set('at request method route status ms client country code reason'.split(' '))
})

describe('what others got wrong', () => {
  it.each([
    ['a no-break space before it', '\u00a0__Host-postern_refresh='],
    ['quotes around it', '"__Host-postern_refresh"='],
    ['no prefix', 'postern_refresh='],
    ['the weaker prefix', '__Secure-postern_refresh='],
    ['another case', '__host-postern_refresh='],
    ['no name', '=__Host-postern_refresh='],
    ['another cookie’s value', 'a=b,__Host-postern_refresh='],
  ])('3.3 only the cookie of that very name is one (hono trimmed more than browsers do): %s', async (_, name) => {
    await register()
    const answer = await postJson('/login', { username: 'ann@example.com', password: PASSWORD })
    const token = /__Host-postern_refresh=([^;]+)/.exec(answer.headers.get('set-cookie') ?? '')?.[1]
    const refresh = (cookie: string) =>
      call('/refresh-token', { method: 'POST', headers: { cookie, ...from('203.0.113.7') } })
    expect(await codeOf(await refresh(`${name}${token}`))).toBe('401 invalid_refresh_token')
    expect((await refresh(`__Host-postern_refresh=${token}`)).status).toBe(200)
  })

  it.each(['username', 'full_name', 'email', 'device_token', 'refresh_token'])(
    '3.3 no %s writes a cookie or a header (hono’s cookies took any name and path)',
    async (field) => {
      await register()
      const canary = 'ann\r\nSet-Cookie: canary=1; Path=/'
      for (const path of ['/register', '/login', '/refresh-token', '/logout']) {
        const body = { username: 'ann@example.com', password: PASSWORD, [field]: canary }
        const response = await postJson(path, body, { cookie: 'canary=1; __Host-postern_device=canary' })
        expect(JSON.stringify([...response.headers])).not.toContain('canary')
      }
    },
  )

  it('15.3 an id in the body is nobody’s proof (better-auth CVE-2025-61928)', async () => {
    await register()
    const CHANGE = { current_password: PASSWORD, new_password: 'another horse entirely' }
    const body = JSON.stringify({ user_id: 1, userId: 1, sub: '1', full_name: 'Eve', password: PASSWORD, ...CHANGE })
    const demanding = (await operations()).filter(({ demanded }) => demanded)
    expect(demanding.length).toBeGreaterThan(6)
    for (const { path, method } of demanding) {
      const init = { method, headers: { ...JSON_BODY, ...from('203.0.113.7') }, ...(method !== 'GET' && { body }) }
      expect(await codeOf(await call(path, init)), `${method} ${path}`).toBe('401 access_token_missing')
    }
  })
})
