import { neon, neonConfig } from '@neondatabase/serverless'
import { drizzle } from 'drizzle-orm/neon-http'
import * as schema from './schema.ts'

/** A query that takes longer than this is answered as `unavailable`; Neon wakes from zero within a second. */
const QUERY_TIMEOUT_MS = 8_000

export type DatabaseSettings = { databaseUrl: string; databaseHttpUrl: string | undefined }

export function connect({ databaseUrl, databaseHttpUrl }: DatabaseSettings) {
  if (databaseHttpUrl) neonConfig.fetchEndpoint = databaseHttpUrl
  neonConfig.fetchFunction = (url: string, init: RequestInit) =>
    fetch(url, {
      ...init,
      headers: { ...init.headers, 'content-type': 'application/json' },
      signal: AbortSignal.timeout(QUERY_TIMEOUT_MS),
    })
  return drizzle(neon(databaseUrl), { schema })
}
