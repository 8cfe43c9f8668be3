import type { connect, DatabaseSettings } from './client.ts'

export type Client = ReturnType<typeof connect>
export type Database = () => Promise<Client>

/**
 * The driver would be a fifth of what a cold start costs, and refreshing, checking a token or logging out sends no query: so
 * the first query loads it. What is kept is the client and not the promise, which belongs to one request.
 */
export function databaseAt(settings: DatabaseSettings): Database {
  let client: Client | undefined
  return async () => {
    client ??= (await import('./client.ts')).connect(settings)
    return client
  }
}
