import { env } from 'cloudflare:workers'
import { neon } from '@neondatabase/serverless'

/** What stands in a table, after a statement where one is given. */
export async function rowsOf<Row extends Record<string, unknown>>(table: string, first?: string): Promise<Row[]> {
  const sql = neon(env.DATABASE_URL)
  if (first) await sql.query(first)
  return (await sql.query(`select * from ${table}`)) as Row[]
}
