import type { NeonHttpDatabase, NeonHttpQueryResultHKT } from 'drizzle-orm/neon-http'
import { NeonHttpSession } from 'drizzle-orm/neon-http/session'
import { PgDatabase, PgDialect } from 'drizzle-orm/pg-core'
import type * as schema from './schema.ts'

/** A query that takes longer than this is answered as `unavailable`; Neon wakes from zero within a second. */
const QUERY_TIMEOUT_MS = 8_000

export type DatabaseSettings = { databaseUrl: string; databaseHttpUrl: string | undefined }

/** Reads the answer to its end, since the driver misreports a connection that breaks in the middle of an answer. */
async function wholeAnswer(url: string, init: RequestInit): Promise<Response> {
  const headers = { ...init.headers, 'content-type': 'application/json' }
  const answer = await fetch(url, { ...init, headers, signal: AbortSignal.timeout(QUERY_TIMEOUT_MS) })
  return new Response(await answer.arrayBuffer(), answer)
}

/**
 * The first query loads the driver: it is a tenth of a cold start, and refreshing, verifying or logging out sends no query. The
 * entry point of drizzle would load it at once, so the lines at the end build the client by hand.
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
