import pg from 'pg'
import type { BatchOptions, Engine, Query, Result } from '../../dev/stack/engine.ts'

type Node = { 'Node Type': string; 'Relation Name'?: string; Plans?: Node[] }
type Explained = { 'QUERY PLAN': [{ Plan: Node; 'Execution Time': number; Triggers?: unknown }] }

const NOTHING: Result = { command: 'SELECT', rowCount: 0, fields: [], rows: [] }

/** What `ask` would ask of an engine in its first request. None of it is done. */
export function overheard(engine: Engine) {
  let heard: Query[][] | undefined
  return {
    ...engine,
    query: async (query: Query) => (heard ? (heard.push([query]), NOTHING) : engine.query(query)),
    batch: async (queries: readonly Query[], options?: BatchOptions) =>
      heard ? (heard.push([...queries]), queries.map(() => NOTHING)) : engine.batch(queries, options),
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

export type Cost = { ms: number; scanned: string[] }

/**
 * What a request costs on a server: the fastest of several runs, each of which is taken back, and the tables that were read from
 * end to end. JIT compilation is on for every statement that does not switch it off.
 */
export async function costOf(url: string, request: readonly Query[], times = 7): Promise<Cost> {
  const client = new pg.Client({ connectionString: url, options: '-c TimeZone=UTC -c jit=on -c jit_above_cost=0' })
  await client.connect()
  try {
    const costs: Cost[] = []
    for (let at = 0; at < times; at += 1) {
      await client.query('begin')
      const cost: Cost = { ms: 0, scanned: [] }
      for (const { text, values = [] } of request) {
        const explain = { text: `explain (analyze, format json) ${text}`, values: [...values] }
        if (/^\s*select set_config/.test(text)) {
          await client.query({ text, values: [...values] })
          continue
        }
        const { rows } = await client.query<Explained>(explain)
        const [plan] = rows[0]?.['QUERY PLAN'] ?? []
        if (!plan) throw new Error('The server explained nothing.')
        cost.ms += plan['Execution Time']
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
