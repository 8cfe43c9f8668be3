/**
 * The tables of one class of objects. The first step leads from version 1 to version 2, the next one to version 3. A step that has
 * been deployed is never changed. After it, every statement of the version before must still work, since a program that was
 * rolled back goes on with the tables; so what a step adds has a default.
 */
export type Tables = {
  /** A table of version 1: objects that have it and no version are from before versions, which is version 1. */
  first: string
  steps: readonly string[]
  /** Makes the tables of the newest version where there are none: creating a table and changing it later costs rows twice. */
  fresh: string
}

const VERSION_TABLE = `CREATE TABLE IF NOT EXISTS schema_version (
  one INTEGER PRIMARY KEY CHECK (one = 1), version INTEGER NOT NULL)`
const SAVE_VERSION = `INSERT INTO schema_version (one, version) VALUES (1, ?)
  ON CONFLICT (one) DO UPDATE SET version = excluded.version`

/** 0 where nothing was ever written. */
export function versionOf(sql: SqlStorage, { first }: Tables): number {
  const tables = sql.exec<{ name: string }>(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name IN ('schema_version', ?)",
    first,
  )
  const names = tables.toArray().map(({ name }) => name)
  const [row] = names.includes('schema_version')
    ? sql.exec<{ version: number }>('SELECT version FROM schema_version').toArray()
    : []
  return row?.version ?? (names.includes(first) ? 1 : 0)
}

/** All that are missing, in one transaction. An object that is newer than this program has none missing, and stays as it is. */
export function stepForward(storage: DurableObjectStorage, tables: Tables): void {
  const { sql } = storage
  const version = versionOf(sql, tables)
  const missing = version === 0 ? [tables.fresh] : tables.steps.slice(version - 1)
  if (missing.length === 0) return
  storage.transactionSync(() => {
    for (const step of missing) sql.exec(step)
    sql.exec(VERSION_TABLE)
    sql.exec(SAVE_VERSION, tables.steps.length + 1)
  })
}
