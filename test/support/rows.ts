import { env } from 'cloudflare:workers'
import { neon } from '@neondatabase/serverless'

/** What stands in a table, after a statement where one is given. */
export async function rowsOf<Row extends Record<string, unknown>>(table: string, first?: string): Promise<Row[]> {
  const sql = neon(env.DATABASE_URL)
  if (first) await sql.query(first)
  return (await sql.query(`select * from ${table}`)) as Row[]
}

/** A user who never registered, for tests that choose the number. */
export const insertUser = (userId: number) =>
  neon(env.DATABASE_URL)`insert into users (user_id, subject, email) overriding system value
    values (${userId}, ${`subject-${userId}`}, ${`user-${userId}@example.com`})`
