import { NeonDbError, type NeonQueryFunction, neon, neonConfig } from '@neondatabase/serverless'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { type Stack, startStack } from '../../dev/stack/server.ts'
import { emptyDatabase } from './dev-engine.ts'

let stack: Stack
let close: () => Promise<void>
let sql: NeonQueryFunction<false, false>

beforeAll(async () => {
  const { engine, drop } = await emptyDatabase()
  stack = await startStack({ engine, password: 'p@ss/word' })
  close = async () => {
    await stack.close()
    await drop()
  }
  neonConfig.fetchEndpoint = `${stack.url}/sql`
  neonConfig.fetchFunction = (url: string, init: RequestInit) =>
    fetch(url, { ...init, headers: { ...init.headers, 'content-type': 'application/json' } })
  sql = neon(`postgres://postern:${encodeURIComponent('p@ss/word')}@localhost/postern`)
  await sql`create type mood as enum ('calm', 'glad')`
  await sql`create table parents (id int primary key, name text not null unique check (name <> ''))`
  await sql`create table children (id int primary key, parent int not null references parents (id) deferrable initially deferred)`
})

afterAll(() => close())
afterEach(() => stack.faults.heal())

async function failure(work: Promise<unknown>): Promise<NeonDbError> {
  const thrown = await work.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (thrown instanceof NeonDbError) return thrown
  throw new Error('the query did not fail')
}

const asText = { types: { getTypeParser: () => (value: string) => value } }

test.each([
  ['bool', 'true', 't'],
  ['int2', '-32768', '-32768'],
  ['int8', '9223372036854775807', '9223372036854775807'],
  ['numeric', '12345678901234567890.0123456789', '12345678901234567890.0123456789'],
  ['float8', 'NaN', 'NaN'],
  ['float8', '-Infinity', '-Infinity'],
  ['float8', '0.1', '0.1'],
  ['text', `it's "quoted" \\ and ünïcode 🚪\n`, `it's "quoted" \\ and ünïcode 🚪\n`],
  ['text', '', ''],
  ['varchar(3)', 'abc', 'abc'],
  ['bytea', '\\x00ff10', '\\x00ff10'],
  ['bytea', '\\x', '\\x'],
  ['uuid', '0E37DF36-F698-11E6-8DD4-CB9CED3DF976', '0e37df36-f698-11e6-8dd4-cb9ced3df976'],
  ['date', '2026-02-28', '2026-02-28'],
  ['timestamptz', '2026-01-02T03:04:05.678901+02', '2026-01-02 01:04:05.678901+00'],
  ['timestamp', '2026-01-02 03:04:05.5', '2026-01-02 03:04:05.5'],
  ['interval', '1 day 2 hours', '1 day 02:00:00'],
  ['json', '{"b": 1,  "a": [null]}', '{"b": 1,  "a": [null]}'],
  ['jsonb', '{"b":1,"a":[null,"\\u00e9"]}', '{"a": [null, "é"], "b": 1}'],
  ['text[]', '{a,"b c",NULL,"\\"q\\"","{}"}', '{a,"b c",NULL,"\\"q\\"","{}"}'],
  ['int[]', '{{1,2},{3,4}}', '{{1,2},{3,4}}'],
  ['bytea[]', '{"\\\\x00ff"}', '{"\\\\x00ff"}'],
  ['inet', '2001:db8::/64', '2001:db8::/64'],
  ['mood', 'glad', 'glad'],
  ['mood[]', '{calm,glad}', '{calm,glad}'],
  ['int4range', '[1,5)', '[1,5)'],
])('%s travels as its own text, %j', async (type, given, answered) => {
  expect(await sql.query(`select $1::${type} as value`, [given], asText)).toEqual([{ value: answered }])
})

test('what the driver makes of the text is what went in', async () => {
  const at = new Date('2026-01-02T03:04:05.678Z')
  const [row] = await sql`select ${Buffer.from([0, 255, 10])}::bytea as bytes, ${['a', 'b "c"']}::text[] as names,
    ${{ deep: [1, null] }}::jsonb as json, ${at}::timestamptz as at, ${2n ** 62n}::int8 as big, ${true}::bool as yes,
    ${null}::text as nothing, ${7}::int as number, ${'1.50'}::numeric as money`
  expect(row).toEqual({
    bytes: Buffer.from([0, 255, 10]),
    names: ['a', 'b "c"'],
    json: { deep: [1, null] },
    at,
    big: String(2n ** 62n),
    yes: true,
    nothing: null,
    number: 7,
    money: '1.50',
  })
})

test('array mode, and the full result', async () => {
  const result = await sql.query('select 1 as one, 1 as one', [], { arrayMode: true, fullResults: true })
  expect(result).toMatchObject({ command: 'SELECT', rowCount: 1, rowAsArray: true, rows: [[1, 1]] })
  expect(result.fields.map(({ name, dataTypeID }) => ({ name, dataTypeID }))).toEqual([
    { name: 'one', dataTypeID: 23 },
    { name: 'one', dataTypeID: 23 },
  ])
  const written = await sql.query(`insert into parents values (1, 'one'), (2, 'two')`, [], { fullResults: true })
  expect(written).toMatchObject({ command: 'INSERT', rowCount: 2, rows: [] })
})

test('the protocol has rows as objects too, and values that are not text', async () => {
  const ask = (body: unknown, headers: Record<string, string> = {}) =>
    fetch(`${stack.url}/sql`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: {
        'content-type': 'application/json',
        'neon-connection-string': 'postgres://any:p%40ss%2Fword@localhost/any',
        'neon-raw-text-output': 'true',
        ...headers,
      },
    })
  const params = [1, true, null, ['a"b', null, 'c'], { a: 1 }]
  const query = 'select $1::int a, $2::bool b, $3::text c, $4::text[] d, $5::jsonb e'
  const row = { a: '1', b: 't', c: null, d: '{"a\\"b",NULL,c}', e: '{"a": 1}' }
  expect(await (await ask({ query, params })).json()).toMatchObject({ rowAsArray: false, rows: [row] })
  const mixed = {
    queries: [
      { query: 'select 1 x', arrayMode: true },
      { query: 'select 2 x', params: [] },
    ],
  }
  expect(await (await ask(mixed)).json()).toMatchObject({ results: [{ rows: [['1']] }, { rows: [{ x: '2' }] }] })
  for (const broken of [
    [],
    'select 1',
    { queries: 1 },
    { queries: [{}] },
    { query: 1 },
    { query: 'select 1', params: 1 },
  ])
    expect((await ask(broken)).status).toBe(400)
  expect((await ask({ query: 'select 1' }, { 'neon-raw-text-output': 'false' })).status).toBe(400)
  expect((await ask({ queries: [] }, { 'neon-batch-isolation-level': 'Chaos' })).status).toBe(400)
  expect((await ask({ queries: [] }, { 'neon-batch-read-only': 'perhaps' })).status).toBe(400)
})

test('a batch is one transaction: all of it or nothing', async () => {
  const [first, second] = await sql.transaction([
    sql`insert into parents values (10, 'ten') returning id`,
    sql`select count(*)::int as n from parents where id = 10`,
  ])
  expect([first, second]).toEqual([[{ id: 10 }], [{ n: 1 }]])
  const failed = await failure(
    sql.transaction([sql`insert into parents values (11, 'eleven')`, sql`insert into parents values (10, 'again')`]),
  )
  expect(failed.code).toBe('23505')
  expect(await sql`select id from parents where id = 11`).toEqual([])
})

test('a constraint that is checked at the end fails the batch', async () => {
  const failed = await failure(sql.transaction([sql`insert into children values (1, 404)`]))
  expect(failed).toMatchObject({ code: '23503', table: 'children' })
  expect(await sql`select id from children`).toEqual([])
})

test('a batch has the isolation level and the modes that it asks for', async () => {
  const asked = [sql`show transaction_isolation`, sql`show transaction_read_only`, sql`show transaction_deferrable`]
  const shown = async (options: Parameters<typeof sql.transaction>[1]) =>
    (await sql.transaction(asked, { ...options, arrayMode: true })).flat(2)
  expect(await shown({})).toEqual(['read committed', 'off', 'off'])
  expect(await shown({ isolationLevel: 'RepeatableRead' })).toEqual(['repeatable read', 'off', 'off'])
  const strict = { isolationLevel: 'Serializable', readOnly: true, deferrable: true } as const
  expect(await shown(strict)).toEqual(['serializable', 'on', 'on'])
  const written = sql.transaction([sql`insert into parents values (20, 'twenty')`], { readOnly: true })
  expect((await failure(written)).code).toBe('25006')
})

test('an error says what PostgreSQL said', async () => {
  await sql`insert into parents values (30, 'thirty')`
  expect(await failure(sql`insert into parents values (31, 'thirty')`)).toMatchObject({
    message: 'duplicate key value violates unique constraint "parents_name_key"',
    severity: 'ERROR',
    code: '23505',
    detail: 'Key (name)=(thirty) already exists.',
    schema: 'public',
    table: 'parents',
    constraint: 'parents_name_key',
  })
  expect(await failure(sql`insert into parents values (32, ${null})`)).toMatchObject({ code: '23502', column: 'name' })
  expect(await failure(sql`insert into parents values (32, '')`)).toMatchObject({
    code: '23514',
    constraint: 'parents_name_check',
  })
  expect(await failure(sql`select nme from parents`)).toMatchObject({ code: '42703', position: '8' })
  expect(await failure(sql`select ${'x'}::int`)).toMatchObject({ code: '22P02' })
  expect(await failure(sql`select 1; select 2`)).toMatchObject({ code: '42601' })
  expect(await failure(sql`copy parents from stdin`)).toMatchObject({ code: '0A000' })
  expect(await failure(sql.query('select $1::int, $2::int', ['1']))).toMatchObject({ code: '08P01' })
})

test('a request leaves nothing open for the next one', async () => {
  await sql`begin`
  await failure(sql`select 1 / 0`)
  await sql`set work_mem = '8MB'`
  const shown = await Promise.all(Array.from({ length: 12 }, () => sql`show work_mem`))
  expect(new Set(shown.map(([row]) => row?.work_mem))).not.toContain('8MB')
  await failure(
    sql.transaction([sql`select 1`, sql`rollback`, sql`insert into parents values (40, 'forty')`, sql`selec`]),
  )
  expect(await sql`select txid_current_if_assigned() is null as idle`).toEqual([{ idle: true }])
})

test('parallel writers see one another whole', async () => {
  await sql`insert into parents values (50, 'n0')`
  const raise = () => sql`update parents set name = 'n' || (substr(name, 2)::int + 1) where id = 50`
  await Promise.all(Array.from({ length: 20 }, raise))
  expect(await sql`select name from parents where id = 50`).toEqual([{ name: 'n20' }])
})

test('a batch that fails takes nothing of its neighbours with it', async () => {
  const ids = Array.from({ length: 20 }, (_, index) => 100 + index)
  // Asked of the engine itself, since requests seldom arrive in the same instant.
  const batches = ids.map((id) =>
    stack.engine.batch([
      { text: 'insert into parents values ($1::int, $2)', values: [String(id), `n ${id}`] },
      { text: 'select 1 / ($1::int % 2)', values: [String(id)] },
    ]),
  )
  await Promise.allSettled([...batches, stack.engine.query({ text: `insert into parents values (99, 'alone')` })])
  const kept = await sql`select id from parents where id between 99 and 200 order by id`
  expect(kept.map((row) => row.id)).toEqual([99, ...ids.filter((id) => id % 2 === 1)])
})

// The embedded engine has one session and no server that could end it.
test.skipIf(!process.env.TEST_DATABASE_URL)('a connection that the server ends fails its query alone', async () => {
  const interrupted = [failure(sql`select pg_sleep(60)`), failure(sql.transaction([sql`select pg_sleep(60)`]))]
  const sleepers = () =>
    sql`select pid from pg_stat_activity where query = 'select pg_sleep(60)' and wait_event = 'PgSleep'`
  await vi.waitUntil(async () => (await sleepers()).length === 2, { timeout: 10_000 })
  await sql`select pg_terminate_backend(pid) from pg_stat_activity where query = 'select pg_sleep(60)'`
  for (const { code } of await Promise.all(interrupted)) expect(code).toBe('57P01')
  expect(await sql`select 1 as one`).toEqual([{ one: 1 }])
})

test('a large value comes back whole', async () => {
  const large = 'ü'.repeat(2_000_000)
  expect(await sql`select ${large}::text as value`).toEqual([{ value: large }])
})

test('whoever started the stack counts requests and breaks them', async () => {
  const before = stack.faults.count.sql
  await sql`select 1`
  await sql.transaction([sql`select 1`, sql`select 2`])
  expect(stack.faults.count.sql - before).toBe(2)

  stack.faults.set('sql', 'refuse')
  expect((await failure(sql`select 1`)).message).toMatch(/Error connecting to database/)
  stack.faults.set('sql', 'error')
  expect((await failure(sql`select 1`)).message).toMatch(/500/)
  stack.faults.set('sql', 'lose')
  expect((await failure(sql`insert into parents values (60, 'sixty')`)).message).toMatch(/Error connecting to database/)
  stack.faults.set('sql', 'hang')
  const impatient = sql.query('select 1', [], { fetchOptions: { signal: AbortSignal.timeout(200) } })
  expect((await failure(impatient)).message).toMatch(/timeout/i)
  stack.faults.heal('sql')
  expect(await sql`select name from parents where id = 60`).toEqual([{ name: 'sixty' }])
})
