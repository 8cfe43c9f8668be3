import { env } from 'cloudflare:workers'
import { neon } from '@neondatabase/serverless'

/** Asks the database itself, past the service. */
export const sql = () => neon(env.DATABASE_URL)

/** What stands in a table, after a statement where one is given. */
export async function rowsOf<Row extends Record<string, unknown>>(table: string, first?: string): Promise<Row[]> {
  if (first) await sql().query(first)
  return (await sql().query(`select * from ${table}`)) as Row[]
}

/** A user who never registered, for tests that choose the number. */
export const insertUser = (userId: number) =>
  sql()`insert into users (user_id, subject, email) overriding system value
    values (${userId}, ${`subject-${userId}`}, ${`user-${userId}@example.com`})`
