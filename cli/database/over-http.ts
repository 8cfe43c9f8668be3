import { neon, neonConfig } from '@neondatabase/serverless'
import type { Database, Query, Result } from '../../dev/stack/engine.ts'

const raw = { getTypeParser: () => (value: string) => value }

/** The database behind a running stack, through the same driver and endpoint as the Worker. */
export function overHttp(endpoint: string, password: string): Database {
  neonConfig.fetchEndpoint = endpoint
  neonConfig.fetchFunction = (url: string, init: RequestInit) =>
    fetch(url, { ...init, headers: { ...init.headers, 'content-type': 'application/json' } })
  const sql = neon(`postgres://postern:${encodeURIComponent(password)}@localhost/postern`, {
    arrayMode: true,
    fullResults: true,
    types: raw,
  })
  return {
    query: async (query) => resultOf(await sql.query(query.text, [...(query.values ?? [])])),
    batch: async (queries, { isolation, ...modes } = {}) => {
      const results = await sql.transaction(
        queries.map(({ text, values = [] }: Query) => sql.query(text, [...values])),
        { ...modes, isolationLevel: isolation },
      )
      return results.map(resultOf)
    },
  }
}

function resultOf(answer: unknown): Result {
  return answer as Result
}
