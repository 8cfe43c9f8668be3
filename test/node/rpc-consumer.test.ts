import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createTestHarness, type TestHarness } from 'wrangler'
import { migrate } from '../../cli/database/migrations.ts'
import { newSigningKey } from '../../cli/keys/new-signing-key.ts'
import type { Engine } from '../../dev/stack/engine.ts'
import { type Stack, startStack } from '../../dev/stack/server.ts'
import consumerItself from '../../examples/consumer-worker/src/index.ts'
import type { Answer, Verification } from '../../examples/consumer-worker/src/postern.ts'
import { STACK_PASSWORD, testSettings } from '../support/settings.ts'
import { emptyDatabase } from './dev-engine.ts'

const root = join(import.meta.dirname, '../..')
const PASSWORD = 'correct horse battery'

let database: { engine: Engine; drop: () => Promise<void> }
let stack: Stack
let workers: TestHarness
let consumer: URL
let name: string
let people = 0

beforeAll(async () => {
  database = await emptyDatabase()
  await migrate(database.engine)
  stack = await startStack({ engine: database.engine, password: STACK_PASSWORD })
  const secrets = testSettings(stack.url, await newSigningKey('ES256', new Date(0)))
  workers = createTestHarness({
    root,
    workers: [{ configPath: 'examples/consumer-worker/wrangler.toml' }, { configPath: 'wrangler.toml', secrets }],
  })
  consumer = (await workers.listen()).url
}, 120_000)

afterAll(async () => {
  await workers.close()
  await stack.close()
  await database.drop()
})

beforeEach(async () => {
  stack.faults.heal()
  name = `ann${++people}@example.com`
  expect((await post('/auth/register', { email: name, password: PASSWORD })).status).toBe(201)
})

const postern = (path: string, init: { method?: string; headers?: Record<string, string>; body?: string }) =>
  workers.getWorker('postern').fetch(`https://auth.example.com${path}`, init)

const post = (path: string, body: object, headers: Record<string, string> = {}) =>
  postern(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'cf-connecting-ip': '203.0.113.7', ...headers },
    body: JSON.stringify(body),
  })

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

async function logIn(): Promise<{ access_token: string; refresh_token: string }> {
  const answer = await post('/auth/login', { username: name, password: PASSWORD })
  expect(answer.status).toBe(200)
  return (await answer.json()) as { access_token: string; refresh_token: string }
}

const notes = (headers: Record<string, string> = {}) => fetch(new URL('/notes', consumer), { headers })

test('whoever is logged in gets in, and is known by name', async () => {
  const { access_token } = await logIn()
  const answer = await notes(bearer(access_token))
  expect([answer.status, await answer.json()]).toEqual([200, { notes: [`Hello, ${name}.`], mayPublish: false }])
})

test('7.4.1 after log-out the other Worker refuses at once', async () => {
  const { access_token } = await logIn()
  expect((await notes(bearer(access_token))).status).toBe(200)
  expect((await post('/auth/logout', {}, bearer(access_token))).status).toBe(200)
  const refused = await notes(bearer(access_token))
  expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer error="invalid_token"'])
})

test('another session of the same user lives on', async () => {
  const [one, other] = [await logIn(), await logIn()]
  await post('/auth/logout', {}, bearer(one.access_token))
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
  expect((await fetch(consumer)).status).toBe(200)
})

test('without Postgres whoever is logged in stays so', async () => {
  const { access_token } = await logIn()
  stack.faults.set('sql', 'refuse')
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
