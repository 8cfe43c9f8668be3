import { decodeJwt, decodeProtectedHeader } from 'jose'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { serve, type Workerd } from '../../bench/support/workerd.ts'
import { newSigningKey } from '../../cli/keys/new-signing-key.ts'
import { type Service, sharedBuild, sharedService } from '../support/harness.ts'
import { codes, fences, read, rows, section } from '../support/markdown.ts'
import { testSettings } from '../support/settings.ts'

type Program = {
  whoIs: (token: string) => Promise<{ userId: number; username: string; roles: string[] }>
  statusOf: (error: unknown) => number
}

const page = read('docs/tokens.md')
const password = 'four random common words'
const ann = { username: 'ann@example.com', password }

let service: Service
let token: string

beforeAll(async () => {
  service = await sharedService()
  await service.post('/auth/register', { email: 'ann@example.com', password })
  token = await logIn()
})

afterEach(() => {
  vi.useRealTimers()
})

async function logIn(at = service.url): Promise<string> {
  const headers = { 'content-type': 'application/json', 'cf-connecting-ip': '203.0.113.7' }
  const answer = await fetch(`${at}/auth/login`, { method: 'POST', headers, body: JSON.stringify(ann) })
  return ((await answer.json()) as { access_token: string }).access_token
}

/** What the page shows, with the keys of the service that runs here. Each is a program of its own, so none has a copy of the keys. */
async function programOf(keysAt = service.url, change = (body: string) => body): Promise<Program> {
  const [shown] = fences(section(page, 'Checking it in Node'))
  expect(shown?.language).toBe('js')
  const program = change(shown?.body ?? '')
    .replace("'jose'", JSON.stringify(import.meta.resolve('jose')))
    .replace(/\$\{ISSUER\}(?=\/)/, keysAt)
  return import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(program)}#${Math.random()}`)
}

const statusFor = async (program: Program, given: string) =>
  program.whoIs(given).then(
    () => 200,
    (error: unknown) => program.statusOf(error),
  )

describe('docs/tokens.md', () => {
  const named = (heading: string) => rows(section(page, heading)).map(([name = '']) => codes(name).join())

  it('has a row for every member of the header, and for no other', () => {
    expect(named('Header')).toEqual(Object.keys(decodeProtectedHeader(token)))
  })

  it('has a row for every claim, and for no other', () => {
    expect(named('Claims')).toEqual(Object.keys(decodeJwt(token)))
  })

  it('says how long the keys are kept, as their answer does', async () => {
    const [, seconds = ''] = /max-age=(\d+)/.exec(section(page, 'The keys')) ?? []
    const answer = await fetch(`${service.url}/.well-known/jwks.json`)
    expect(answer.headers.get('cache-control')).toBe(`public, max-age=${seconds}`)
    for (const { body } of fences(page)) expect(body.replaceAll('_', '')).toContain(seconds)
  })
})

describe('its table of algorithms', () => {
  const table = rows(section(page, 'The keys')).map(([setting = '', alg = '', kinds = '']) => {
    return { setting: codes(setting).join(), alg: codes(alg).join(), kinds: codes(kinds) }
  })
  const others = table.filter(({ setting }) => setting !== 'ES256')

  it('has a row for each', () => {
    expect(table.map(({ setting }) => setting)).toEqual(['ES256', 'EdDSA', 'RS256', 'HS256'])
  })

  let workerd: Workerd
  beforeAll(async () => {
    const built = await sharedBuild()
    const settingsOf = async (algorithm: string) => ({
      ...testSettings(service.stack.url, ''),
      ...{ ISSUER: 'http://localhost:8787', AUDIENCE: 'postern', ALGORITHM: algorithm },
      ...(algorithm === 'HS256'
        ? { JWT_SECRET: 'kD8-2mXw_9fQzL4vB7nR1tYc6HsJ3pGa' }
        : { SIGNING_KEY_1: await newSigningKey(algorithm === 'RS256' ? 'RS256' : 'EdDSA', new Date(0)) }),
    })
    const objects = { USER_SESSIONS: 'UserSessions', LOGIN_GUARD: 'LoginGuard' }
    const served = others.map(async ({ setting }) => [setting, { built, objects, settings: await settingsOf(setting) }])
    workerd = await serve(Object.fromEntries(await Promise.all(served)))
  })
  afterAll(() => workerd.stop())

  it.each(others)('$setting is what the tokens and the keys of such a service are', async ({ setting, alg, kinds }) => {
    const other = `http://127.0.0.1:${workerd.port(setting)}`
    const issued = await logIn(other)
    const header = decodeProtectedHeader(issued)
    expect(header.alg).toBe(alg)
    const answer = await fetch(`${other}/.well-known/jwks.json`)
    const { keys } = (await answer.json()) as { keys: Record<string, string>[] }
    const [kty, kind, crv, curve] = kinds
    if (setting === 'HS256') {
      expect([keys, header.kid]).toEqual([[], 'jwt-secret'])
      return
    }
    expect(keys.map((key) => [key.kid, key.kty, key.crv])).toEqual([[header.kid, kind, curve]])
    expect([kty, crv ?? 'crv']).toEqual(['kty', 'crv'])
    expect(header.kid).toMatch(/^[\w-]{43}$/)
    const program = await programOf(other, (body) => body.replace("['ES256']", `['${setting}']`))
    expect(await statusFor(program, issued)).toBe(200)
  })
})

describe('its program for Node', () => {
  it('says who has logged in', async () => {
    const { whoIs } = await programOf()
    expect(await whoIs(token)).toEqual({ userId: Number(decodeJwt(token).sub), username: 'ann@example.com', roles: [] })
  })

  it('answers 401 to a token that was altered, has expired, or is no access token', async () => {
    const program = await programOf()
    expect(await statusFor(program, token)).toBe(200)
    const [header, payload = '', signature] = token.split('.')
    const other = `${payload.slice(0, -4)}${payload.slice(-4) === 'AAAA' ? 'BBBB' : 'AAAA'}`
    expect(await statusFor(program, [header, other, signature].join('.'))).toBe(401)
    expect(await statusFor(program, 'nonsense')).toBe(401)
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 15 * 60_000 })
    expect(await statusFor(program, token)).toBe(401)
  })

  it.each([
    ['another audience', (body: string) => body.replace("AUDIENCE = 'postern'", "AUDIENCE = 'another'")],
    ['another issuer', (body: string) => body.replace("ISSUER = 'http://", "ISSUER = 'https://")],
    ['another algorithm', (body: string) => body.replace("['ES256']", "['EdDSA']")],
    ['another type', (body: string) => body.replace("typ: 'at+jwt'", "typ: 'JWT'")],
    ['a claim that is missing', (body: string) => body.replace("'roles'],", "'roles', 'email'],")],
  ])('answers 401 to %s', async (_, change) => {
    expect(await statusFor(await programOf(service.url, change), token)).toBe(401)
  })

  it('answers 503 and not 401 where the keys cannot be fetched', async () => {
    expect(await statusFor(await programOf('http://127.0.0.1:1'), token)).toBe(503)
    expect(await statusFor(await programOf(`${service.url}/nowhere`), token)).toBe(503)
  })

  it('does not know of a log-out, as the page says', async () => {
    const ended = await logIn()
    await service.post('/auth/logout', {}, { authorization: `Bearer ${ended}` })
    expect(await statusFor(await programOf(), ended)).toBe(200)
    const asked = await fetch(`${service.url}/auth/me`, { headers: { authorization: `Bearer ${ended}` } })
    expect(asked.status).toBe(401)
  })
})
