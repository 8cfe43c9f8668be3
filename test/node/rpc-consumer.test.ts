import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import consumerItself from '../../examples/consumer-worker/src/index.ts'
import type { Answer, Verification } from '../../examples/consumer-worker/src/postern.ts'
import { startBeside } from '../support/harness.ts'

const PASSWORD = 'correct horse battery'

let beside: Awaited<ReturnType<typeof startBeside>>
let name: string
let people = 0

beforeAll(async () => {
  beside = await startBeside('examples/consumer-worker/wrangler.toml')
}, 120_000)
afterAll(() => beside.stop())

beforeEach(async () => {
  beside.stack.faults.heal()
  name = `ann${++people}@example.com`
  expect((await beside.post('/auth/register', { email: name, password: PASSWORD })).status).toBe(201)
})

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

async function logIn(): Promise<{ access_token: string; refresh_token: string }> {
  const answer = await beside.post('/auth/login', { username: name, password: PASSWORD })
  expect(answer.status).toBe(200)
  return (await answer.json()) as { access_token: string; refresh_token: string }
}

const notes = (headers: Record<string, string> = {}) => fetch(new URL('/notes', beside.url), { headers })

test('whoever is logged in gets in, and is known by name', async () => {
  const { access_token } = await logIn()
  const answer = await notes(bearer(access_token))
  expect([answer.status, await answer.json()]).toEqual([200, { notes: [`Hello, ${name}.`], mayPublish: false }])
})

test('7.4.1 after log-out the other Worker refuses at once', async () => {
  const { access_token } = await logIn()
  expect((await notes(bearer(access_token))).status).toBe(200)
  expect((await beside.post('/auth/logout', {}, bearer(access_token))).status).toBe(200)
  const refused = await notes(bearer(access_token))
  expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer error="invalid_token"'])
})

test('another session of the same user lives on', async () => {
  const [one, other] = [await logIn(), await logIn()]
  await beside.post('/auth/logout', {}, bearer(one.access_token))
  expect((await notes(bearer(other.access_token))).status).toBe(200)
})

test.each<[string, Record<string, string>, string]>([
  ['no token', {}, 'Bearer'],
  ['another scheme', { authorization: 'Basic YTpi' }, 'Bearer'],
  ['two tokens', { authorization: 'Bearer a b' }, 'Bearer'],
  ['a forged token', bearer('ey.ey.ey'), 'Bearer error="invalid_token"'],
  ['an endless token', bearer('x'.repeat(9_000)), 'Bearer error="invalid_token"'],
])('%s is asked to log in', async (_, headers, challenge) => {
  const answer = await notes(headers)
  expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, challenge])
})

test('what needs nobody logged in asks nobody', async () => {
  expect((await fetch(beside.url)).status).toBe(200)
})

test('without Postgres whoever is logged in stays so', async () => {
  const { access_token } = await logIn()
  beside.stack.faults.set('sql', 'refuse')
  expect((await notes(bearer(access_token))).status).toBe(200)
})

const asked: [string, () => Promise<Answer<Verification>>][] = [
  ...['unavailable', 'misconfigured', 'internal_error', 'a code of next year'].map(
    (error): [string, () => Promise<Answer<Verification>>] => [error, () => Promise.resolve({ ok: false, error })],
  ),
  ['a call that fails on its way', () => Promise.reject(new Error('Worker "postern" not found.'))],
]

test.each(asked)('%s is 503, and no reason to throw a token away', async (_, verify) => {
  const introspect = () => Promise.reject(new Error('Nobody asks this.'))
  const answer = await consumerItself.request('/notes', { headers: bearer('ey') }, { AUTH: { verify, introspect } })
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1'])
})
