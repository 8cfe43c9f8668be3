import { listDurableObjectIds, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { sql } from './rows.ts'

/** Everything that is kept anywhere, as text to be searched. */

export async function dumpPostgres(): Promise<string> {
  const database = sql()
  const tables = await database`select table_name from information_schema.tables where table_schema = 'public'`
  const dumps = tables.map(({ table_name }) =>
    database.query(`select to_jsonb(each)::text as row from "${table_name}" each`),
  )
  return JSON.stringify(await Promise.all(dumps))
}

export async function dumpCache(): Promise<string> {
  const { keys } = await env.PROFILES.list()
  const entries = keys.map(async (key) => [key, await env.PROFILES.get(key.name)])
  return JSON.stringify(await Promise.all(entries))
}

export const dumpSessionObjects = () => dumpObjects(env.USER_SESSIONS)
export const dumpGuards = () => dumpObjects(env.LOGIN_GUARD)

async function dumpObjects<Class extends Rpc.DurableObjectBranded>(
  namespace: DurableObjectNamespace<Class>,
): Promise<string> {
  const dumps = []
  for (const id of await listDurableObjectIds(namespace)) {
    dumps.push(await runInDurableObject(namespace.get(id), (_, { storage }) => [id.name, dumpTables(storage.sql)]))
  }
  return JSON.stringify(dumps)
}

function dumpTables(sql: SqlStorage) {
  const tables = sql.exec<{ name: string }>(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\' AND name NOT LIKE 'sqlite%'",
  )
  return tables.toArray().map(({ name }) => [name, sql.exec(`SELECT * FROM "${name}"`).toArray()])
}
