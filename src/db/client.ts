import type { NeonHttpDatabase, NeonHttpQueryResultHKT } from 'drizzle-orm/neon-http'
import { NeonHttpSession } from 'drizzle-orm/neon-http/session'
import { PgDatabase, PgDialect } from 'drizzle-orm/pg-core'
import type * as schema from './schema.ts'

/** A query that takes longer than this is answered as `unavailable`; Neon wakes from zero within a second. */
const QUERY_TIMEOUT_MS = 8_000

export type DatabaseSettings = { databaseUrl: string; databaseHttpUrl: string | undefined }

/** Read here to its end: the driver takes a connection that breaks in the middle of an answer for a fault of its own. */
async function wholeAnswer(url: string, init: RequestInit): Promise<Response> {
  const headers = { ...init.headers, 'content-type': 'application/json' }
  const answer = await fetch(url, { ...init, headers, signal: AbortSignal.timeout(QUERY_TIMEOUT_MS) })
  return new Response(await answer.arrayBuffer(), answer)
}

/**
 * The driver would be a tenth of what a cold start costs, and refreshing, checking a token or logging out sends no query, so
 * the first query loads it. drizzle's own way in would load it at once: hence the three lines at the end.
 */
export async function connect({ databaseUrl, databaseHttpUrl }: DatabaseSettings) {
  const { neon, neonConfig } = await import('@neondatabase/serverless')
  if (databaseHttpUrl) neonConfig.fetchEndpoint = databaseHttpUrl
  neonConfig.fetchFunction = wholeAnswer
  const dialect = new PgDialect()
  const session = new NeonHttpSession(neon(databaseUrl), dialect, undefined)
  const database = new PgDatabase<NeonHttpQueryResultHKT, typeof schema>(dialect, session, undefined)
  const batch: NeonHttpDatabase<typeof schema>['batch'] = (queries) => session.batch(queries)
  return Object.assign(database, { batch })
}
