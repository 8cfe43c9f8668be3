import pg from 'pg'
import { migrate } from '../cli/database/migrations.ts'
import { type Engine, openEngine, type Query } from '../dev/stack/engine.ts'
import { startStack } from '../dev/stack/server.ts'
import { postgresServer } from '../test/node/own-postgres.ts'
import { build } from './support/build.ts'
import { answered, clientAt } from './support/client.ts'
import { type Figure, median, report, table } from './support/figures.ts'
import { posternWith, STACK_PASSWORD } from './support/postern.ts'
import { serve } from './support/workerd.ts'

export const SIZES = [1_000, 100_000, 1_000_000]
const RUNS = 9
const PASSWORD = 'correct horse battery'

export type Grown = { what: string; pages: number[]; ms: number[] }

/** What the statements of users cost a real PostgreSQL at each size: pages touched, which no machine changes, and milliseconds. */
export async function growth(): Promise<{ grown: Grown[]; figures: Figure[] }> {
  const server = await postgresServer()
  if (!server) throw new Error('There is no PostgreSQL here.')
  const engine = await openEngine({ url: server.url })
  await migrate(engine)
  const statements = await statementsOf(engine)
  const client = new pg.Client({ connectionString: server.url })
  await client.connect()
  await client.query('truncate users, outbox, event_counters restart identity cascade')
  const grown = statements.map(({ what }): Grown => ({ what, pages: [], ms: [] }))
  for (const size of SIZES) {
    await fillTo(client, size)
    for (const [at, { query, values }] of statements.entries()) {
      const costs = await explained(client, { text: query.text, values: values(size) ?? query.values })
      grown[at]?.pages.push(costs.pages)
      grown[at]?.ms.push(costs.ms)
    }
  }
  await client.end()
  await engine.close()
  await server.stop()
  return { grown, figures: grown.map(figure) }
}

const figure = ({ what, pages, ms }: Grown): Figure => ({
  what: `${what}: pages at 1,000,000 users, to those at 1,000`,
  measured: (pages.at(-1) ?? Number.NaN) / (pages[0] ?? Number.NaN),
  unit: '×',
  atMost: 2,
  note: `${pages.join(', ')} pages, ${ms.map((each) => each.toFixed(2)).join(', ')} ms`,
})

type Statement = { what: string; query: Query; values: (size: number) => Query['values'] }

/** Not written here a second time: as the Worker sends them when it is asked. */
async function statementsOf(engine: Engine): Promise<Statement[]> {
  const sent: Query[] = []
  const listening: Engine = {
    ...engine,
    query: (query) => {
      sent.push(query)
      return engine.query(query)
    },
  }
  const stack = await startStack({ engine: listening, password: STACK_PASSWORD })
  const workerd = await serve({ postern: await posternWith(await build(), { sqlUrl: `${stack.url}/sql`, cost: 4 }) })
  const ask = clientAt(workerd.port('postern'))
  const during = async (work: () => Promise<unknown>): Promise<Query> => {
    sent.length = 0
    await work()
    const [query] = sent
    if (!query) throw new Error('No statement was sent.')
    return query
  }
  const person = { username: 'ann@example.com', password: PASSWORD }
  const inserted = await during(() =>
    answered(ask('/auth/register', { email: person.username, password: PASSWORD }), 201),
  )
  let access = ''
  const found = await during(async () => {
    access = (await answered<{ access_token: string }>(ask('/auth/login', person))).access_token
  })
  const change = { current_password: `not ${PASSWORD}`, new_password: `another ${PASSWORD}` }
  const byId = await during(() => ask('/auth/password/change', change, access))
  await workerd.stop()
  await stack.close()
  return [
    { what: 'find by identifier', query: found, values: (size) => [`person-${size - 7}@example.com`] },
    { what: 'find by id', query: byId, values: (size) => [String(size - 7)] },
    { what: 'register', query: inserted, values: () => undefined },
  ]
}

async function fillTo(client: pg.Client, size: number) {
  await client.query(
    `insert into users (subject, email, password_hash, created_at, updated_at)
     select md5(n::text), 'person-' || n || '@example.com', repeat('x', 110), now(), now()
     from generate_series((select count(*) from users) + 1, $1::int) n order by n`,
    [size],
  )
  await client.query(
    `insert into identifiers (identifier, kind, user_id) select email, 'email', user_id from users
     on conflict do nothing`,
  )
  await client.query('vacuum analyze users, identifiers')
}

type Plan = { 'Execution Time': number; Plan: Record<'Shared Hit Blocks' | 'Shared Read Blocks', number> }

/** Taken back each time, so that each run finds what the one before it found. */
async function explained(client: pg.Client, { text, values = [] }: Query) {
  const plans: Plan[] = []
  for (let run = 0; run < RUNS; run += 1) {
    await client.query('begin')
    const explain = `explain (analyze, buffers, format json) ${text}`
    const { rows } = await client.query<{ 'QUERY PLAN': Plan[] }>(explain, [...values])
    await client.query('rollback')
    plans.push(...(rows[0]?.['QUERY PLAN'] ?? []))
  }
  const pagesOf = ({ Plan: plan }: Plan) => plan['Shared Hit Blocks'] + plan['Shared Read Blocks']
  return { pages: median(plans.map(pagesOf)), ms: median(plans.map((plan) => plan['Execution Time'])) }
}

export const grownRows = (grown: readonly Grown[]): string[][] => [
  ['statement', ...SIZES.map((size) => `pages at ${size.toLocaleString('en')}`), ...SIZES.map(() => 'ms')],
  ...grown.map(({ what, pages, ms }) => [what, ...pages.map(String), ...ms.map((each) => each.toFixed(2))]),
]

if (import.meta.main) {
  const { grown, figures } = await growth()
  console.log(`${table(grownRows(grown))}\n`)
  report(figures)
}
