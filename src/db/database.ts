import { connect, type DatabaseSettings } from './client.ts'

export type Client = Awaited<ReturnType<typeof connect>>
export type Database = () => Promise<Client>

/** Connects at the first query. Keeps the client and not the promise, since a promise belongs to one request. */
export function databaseAt(settings: DatabaseSettings): Database {
  let client: Client | undefined
  return async () => {
    client ??= await connect(settings)
    return client
  }
}

declare module '../kernel/deps.ts' {
  interface Deps {
    db: Database
    /** The same, for a statement that records rows in the outbox: whoever sweeps knows before it that rows may wait. */
    markedDb: Database
  }
}
