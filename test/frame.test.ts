import { env } from 'cloudflare:workers'
import { describe, expect, it, vi } from 'vitest'
import { call, postJson } from './support/api.ts'
import { codeOf } from './support/people.ts'

const REGISTER = { email: 'ann@example.com', password: 'correct horse battery' }

describe('every answer', () => {
  it.each(['/', '/nothing-here', '/api/openapi.json', '/api/docs', '/auth/register'])(
    '3.4 %s carries the headers',
    async (path) => {
      const { headers } = await call(path)
      expect(headers.get('content-security-policy')).toContain("default-src 'none'")
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
      expect(headers.get('strict-transport-security')).toMatch(/max-age=\d{8}/)
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('referrer-policy')).toBe('no-referrer')
      expect(headers.get('x-request-id')).toBeTruthy()
      expect(headers.get('vary')).toBe('Origin')
    },
  )

  it('3.4 one that varies by something else varies by the origin as well', async () => {
    const asset = () => new Response('{}', { headers: { vary: 'Accept-Encoding' } })
    const assets = { fetch: async () => asset(), connect: () => expect.unreachable() }
    const { headers } = await call('/api/docs', {}, { ...env, ASSETS: assets })
    expect(headers.get('vary')).toBe('Accept-Encoding, Origin')
  })

  it('takes its id from cf-ray, when that is one', async () => {
    const id = async (ray: string) => (await call('/', { headers: { 'cf-ray': ray } })).headers.get('x-request-id')
    expect(await id('8f2b6c1d9e0a7b3c-FRA')).toBe('8f2b6c1d9e0a7b3c-FRA')
    expect(await id('{"forged":1}')).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('an unknown path is 404, a wrong method 405', async () => {
    expect((await call('/auth/nothing')).status).toBe(404)
    expect(await codeOf(await call('/auth/register', { method: 'DELETE' }))).toBe('405 method_not_allowed')
  })

  it('a slash at the end makes no other address', async () => {
    const options: [string, string, number][] = [
      ['GET', '/auth/email/stop', 200],
      ['GET', '/api/docs/errors', 200],
      ['GET', '/api/openapi.json', 200],
      ['DELETE', '/auth/email/stop', 405],
      ['PUT', '/auth/sessions/x', 405],
      ['GET', '/auth/nothing', 404],
    ]
    for (const [method, path, status] of options) {
      const answers = await Promise.all([path, `${path}/`].map((each) => call(each, { method })))
      expect(answers.map((answer) => [answer.status, answer.headers.get('allow')])).toEqual(
        answers.map(() => [status, answers[0]?.headers.get('allow')]),
      )
    }
  })
})

describe('cross-origin requests', () => {
  const preflight = (origin: string) =>
    call('/auth/register', { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } })

  it('3.4 only listed origins are allowed, by name', async () => {
    const allowed = await preflight('https://app.example.com')
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://app.example.com')
    expect(allowed.headers.get('access-control-allow-credentials')).toBe('true')
    for (const origin of [
      'https://evil.example',
      'null',
      'https://app.example.com.evil.example',
      'http://app.example.com',
    ]) {
      expect((await preflight(origin)).headers.get('access-control-allow-origin')).toBeNull()
    }
  })
})

it('the log: 16.2.5 is one line for a request, without a secret or an identifier', async () => {
  const lines: string[] = []
  vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line))
  const response = await postJson('/auth/register?token=canary-query', REGISTER, {
    'user-agent': 'canary-agent {"forged":1}',
  })
  expect(response.status).toBe(201)
  expect(lines).toHaveLength(1)
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    method: 'POST',
    route: '/auth/register',
    status: 201,
    request: response.headers.get('x-request-id'),
    client: expect.stringMatching(/^[\w-]{12}$/),
  })
  for (const canary of ['ann@example.com', 'correct horse', '203.0.113.7', 'canary', 'forged']) {
    expect(lines[0]).not.toContain(canary)
  }
})
