import { beforeAll, expect, it } from 'vitest'
import { type Service, sharedService } from '../support/harness.ts'
import { fences, read, section } from '../support/markdown.ts'
import { STACK_PASSWORD } from '../support/settings.ts'

type Tokens = { access_token: string; refresh_token: string }

const OLD = 'four random common words'
const NEW = 'five other random common words'
const TABLES = ['users', 'identifiers', 'event_counters']

let service: Service

async function sql(query: string): Promise<Record<string, unknown>[]> {
  const headers = {
    'content-type': 'application/json',
    'neon-connection-string': `postgres://postern:${STACK_PASSWORD}@localhost/postern`,
    'neon-raw-text-output': 'true',
    'neon-array-mode': 'false',
  }
  const body = JSON.stringify({ query, params: [] })
  const answer = await fetch(`${service.stack.url}/sql`, { method: 'POST', headers, body })
  const said = (await answer.json()) as { rows?: Record<string, unknown>[] }
  if (!said.rows) throw new Error(`${query}: ${JSON.stringify(said)}`)
  return said.rows
}

beforeAll(async () => {
  service = await sharedService()
})

const register = async (username: string) => {
  const answer = await service.post('/auth/register', { username, password: OLD })
  return ((await answer.json()) as { user_id: number }).user_id
}
const logIn = (username: string, password: string) => service.post('/auth/login', { username, password })
const tokensOf = async (answer: Response) => (await answer.json()) as Tokens

async function backUp() {
  for (const table of TABLES) await sql(`create table saved_${table} as table ${table}`)
}

async function restore() {
  const [row] = await sql('select coalesce(max(user_id), 0) + 1 as next from saved_users')
  await sql('delete from event_counters')
  await sql('delete from users')
  for (const table of TABLES) await sql(`insert into ${table} overriding system value select * from saved_${table}`)
  await sql(`alter table users alter column user_id restart with ${row?.next}`)
  for (const table of TABLES) await sql(`drop table saved_${table}`)
}

it('docs/backup.md: after its statements, a restored database is one that people can log in to', async () => {
  await register('ann@example.com')
  const early = await tokensOf(await logIn('ann@example.com', OLD))
  await backUp()
  const change = { current_password: OLD, new_password: NEW }
  const headers = { authorization: `Bearer ${early.access_token}` }
  expect((await service.post('/auth/password/change', change, headers)).status).toBe(204)
  const ben = await register('ben@example.com')
  expect((await logIn('ben@example.com', OLD)).status).toBe(200)

  await restore()
  expect((await logIn('ann@example.com', OLD)).status, 'without the statements').toBe(401)
  const seqBefore = await sql('select user_id, seq from event_counters order by user_id')

  const [statements] = fences(section(read('docs/backup.md'), 'Restoring the database').replaceAll(/^ {3}/gm, ''))
    .filter(({ language }) => language === 'sql')
    .map(({ body }) => body.split(';').filter((statement) => statement.trim() !== ''))
  expect(statements).toHaveLength(3)
  for (const statement of statements ?? []) await sql(statement)

  const late = await logIn('ann@example.com', OLD)
  expect(late.status).toBe(200)
  expect((await service.post('/auth/refresh', { refresh_token: early.refresh_token })).status).toBe(401)
  const { refresh_token } = await tokensOf(late)
  expect((await service.post('/auth/refresh', { refresh_token })).status).toBe(200)
  expect((await logIn('ben@example.com', OLD)).status).toBe(401)
  expect(await register('cleo@example.com')).toBeGreaterThan(ben)
  for (const { user_id, seq } of seqBefore) {
    const [now] = await sql(`select seq from event_counters where user_id = ${user_id}`)
    expect(Number(now?.seq)).toBeGreaterThanOrEqual(Number(seq) + 1_000_000)
  }
})
