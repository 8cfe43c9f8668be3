import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Service, startService } from '../support/harness.ts'
import { postgresServer } from './own-postgres.ts'

type Tokens = { access_token: string; refresh_token: string }

const PASSWORD = 'correct horse battery'
let service: Service
let server: Awaited<ReturnType<typeof postgresServer>>

beforeAll(async () => {
  server = await postgresServer()
  // A quarter of the full cost: fifty at once are as many as the line before the hash takes on a fast machine.
  service = await startService({ settings: { PASSWORD_COST: '13' }, database: server?.url })
})

afterAll(async () => {
  await service.stop()
  await server?.stop()
})

const times = <T>(count: number, work: (at: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, at) => work(at)))

const from = (address: string) => ({ 'cf-connecting-ip': address })

const register = (email: string, headers = {}) => service.post('/auth/register', { email, password: PASSWORD }, headers)

async function logIn(username: string, headers = {}): Promise<Response> {
  const answer = await service.post('/auth/login', { username, password: PASSWORD }, headers)
  if (answer.status !== 503) return answer
  const seconds = Number(answer.headers.get('retry-after'))
  expect(seconds).toBeGreaterThan(0)
  await answer.arrayBuffer()
  // As it was told to.
  await setTimeout(seconds * 1000)
  return logIn(username, headers)
}

const sessionsOf = async ({ access_token }: Tokens) => {
  const answer = await fetch(`${service.url}/auth/sessions`, { headers: { authorization: `Bearer ${access_token}` } })
  return { status: answer.status, body: (await answer.json()) as { sessions: { id: string }[] } }
}

it('20 registrations of one address at once leave one user', async () => {
  const answers = await times(20, (at) => register('ann@example.com', from(`203.0.113.${at}`)))
  const statuses = answers.map(({ status }) => status).filter((status) => status !== 503)
  expect(statuses.filter((status) => status === 201)).toHaveLength(1)
  expect(new Set(statuses)).toEqual(new Set([201, 409]))
})

it('7.1.2 50 right log-ins at once from 50 addresses all get in, and exactly five sessions live', async () => {
  const answers = await times(50, (at) => logIn('ann@example.com', from(`198.51.100.${at}`)))
  expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200))
  const tokens = (await Promise.all(answers.map((answer) => answer.json()))) as Tokens[]
  const seen = await Promise.all(tokens.map(sessionsOf))
  const living = seen.filter(({ status }) => status === 200)
  expect(living).toHaveLength(5)
  for (const { body } of living) expect(body.sessions).toHaveLength(5)
})

it('20 refreshes at once with one token give one successor, and it works', async () => {
  await register('ben@example.com')
  const tokens = (await (await logIn('ben@example.com')).json()) as Tokens
  const refresh = (refresh_token: string) => service.post('/auth/refresh', { refresh_token })
  const answers = await times(20, () => refresh(tokens.refresh_token))
  expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200))
  const next = (await Promise.all(answers.map((answer) => answer.json()))) as Tokens[]
  expect(new Set(next.map(({ refresh_token }) => refresh_token)).size).toBe(1)
  expect((await refresh(next[0]?.refresh_token ?? '')).status).toBe(200)
})

it('from one address, whoever is refused while others are under way is told to come again in a second, and nobody is blocked', async () => {
  await register('cid@example.com', from('192.0.2.1'))
  const attempt = () =>
    service.post('/auth/login', { username: 'cid@example.com', password: PASSWORD }, from('192.0.2.50'))
  const answers = await times(50, attempt)
  const refused = answers.filter(({ status }) => status !== 200)
  expect(new Set(refused.map(({ status, headers }) => `${status} ${headers.get('retry-after')}`))).toEqual(
    new Set(['429 1']),
  )
  expect((await attempt()).status).toBe(200)
})
