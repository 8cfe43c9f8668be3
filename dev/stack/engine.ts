import { openPglite } from './engine-pglite.ts'
import { openPostgres } from './engine-postgres.ts'

/** What the wire carries: PostgreSQL's own text, or null. Nobody between client and server interprets it. */
export type Text = string | null

export type Query = { text: string; values?: readonly Text[] }

export type Field = {
  name: string
  tableID: number
  columnID: number
  dataTypeID: number
  dataTypeSize: number
  dataTypeModifier: number
  format: string
}

export type Result = { command: string; rowCount: number | null; fields: Field[]; rows: Text[][] }

export const isolationLevels = {
  ReadUncommitted: 'READ UNCOMMITTED',
  ReadCommitted: 'READ COMMITTED',
  RepeatableRead: 'REPEATABLE READ',
  Serializable: 'SERIALIZABLE',
} as const

export type BatchOptions = {
  isolation?: keyof typeof isolationLevels
  readOnly?: boolean
  deferrable?: boolean
}

/** All that the endpoint and the migrations need of a database: one query, or several in one transaction. */
export type Database = {
  query(query: Query): Promise<Result>
  batch(queries: readonly Query[], options?: BatchOptions): Promise<Result[]>
}

export type Engine = Database & { readonly kind: 'pglite' | 'postgres'; close(): Promise<void> }

/** A URL names a PostgreSQL server, a directory an embedded database that is kept, neither one that lives in memory. */
export type EngineChoice = { url?: string; directory?: string }

export function openEngine({ url, directory }: EngineChoice): Promise<Engine> {
  return url === undefined ? openPglite(directory) : openPostgres(url)
}
