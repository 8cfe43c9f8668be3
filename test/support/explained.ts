import pg from 'pg'
import type { BatchOptions, Engine, Query, Result } from '../../dev/stack/engine.ts'

type Node = {
  'Node Type': string
  'Relation Name'?: string
  'Shared Hit Blocks': number
  'Shared Read Blocks': number
  Plans?: Node[]
}
type Explained = { 'QUERY PLAN': [{ Plan: Node; 'Execution Time': number }] }

const NOTHING: Result = { command: 'SELECT', rowCount: 0, fields: [], rows: [] }

/** What `ask` would ask of an engine in its first request. None of it is done. */
export function overheard(engine: Engine) {
  let heard: Query[][] | undefined
  return {
    ...engine,
    async query(query: Query) {
      if (!heard) return engine.query(query)
      heard.push([query])
      return NOTHING
    },
    async batch(queries: readonly Query[], options?: BatchOptions) {
      if (!heard) return engine.batch(queries, options)
      heard.push([...queries])
      return queries.map(() => NOTHING)
    },
    async request(ask: () => Promise<unknown>): Promise<Query[]> {
      heard = []
      await ask()
      const [first] = heard
      heard = undefined
      if (!first) throw new Error('Nothing was asked.')
      return first
    },
  }
}

const scansIn = ({ Plans = [], ...node }: Node): string[] => [
  ...(node['Node Type'] === 'Seq Scan' ? [node['Relation Name'] ?? '?'] : []),
  ...Plans.flatMap(scansIn),
]

/** `blocks`: how many pages were looked at, which no neighbour of the test changes. */
export type Cost = { ms: number; blocks: number; scanned: string[] }

/**
 * What a request costs on a server: the fastest of several runs, each of which is taken back, and the tables that were read from
 * end to end. JIT compilation is as eager as can be where a request says what it wants of it.
 */
export async function costOf(url: string, request: readonly Query[], times = 11): Promise<Cost> {
  const eager = request.some(({ text }) => text.includes('set_config')) ? ' -c jit_above_cost=0' : ''
  const client = new pg.Client({ connectionString: url, options: `-c TimeZone=UTC -c jit=on${eager}` })
  await client.connect()
  try {
    const costs: Cost[] = []
    for (let at = 0; at < times; at += 1) {
      await client.query('begin')
      const cost: Cost = { ms: 0, blocks: 0, scanned: [] }
      for (const { text, values = [] } of request) {
        const explain = { text: `explain (analyze, buffers, format json) ${text}`, values: [...values] }
        if (text.includes('set_config')) {
          await client.query({ text, values: [...values] })
          continue
        }
        const { rows } = await client.query<Explained>(explain)
        const [plan] = rows[0]?.['QUERY PLAN'] ?? []
        if (!plan) throw new Error('The server explained nothing.')
        cost.ms += plan['Execution Time']
        cost.blocks += plan.Plan['Shared Hit Blocks'] + plan.Plan['Shared Read Blocks']
        cost.scanned.push(...scansIn(plan.Plan))
      }
      await client.query('rollback')
      costs.push(cost)
    }
    return costs.reduce((best, one) => (one.ms < best.ms ? one : best))
  } finally {
    await client.end()
  }
}
