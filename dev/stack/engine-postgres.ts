import pg from 'pg'
import type { Engine } from './engine.ts'
import { runAlone, runBatch, type Session } from './session.ts'
import { reportOf, SqlError } from './sql-error.ts'

const rawText = { getTypeParser: () => (value: string) => value }

/** A PostgreSQL server, or Neon through its ordinary port. */
export async function openPostgres(url: string): Promise<Engine> {
  const pool = new pg.Pool({ connectionString: url, max: 10, options: '-c TimeZone=UTC', application_name: 'postern' })
  // An idle connection that the server closes is replaced at the next query; unheard, it would end the process.
  pool.on('error', () => undefined)
  return {
    kind: 'postgres',
    query: (query) => withSession(pool, (session) => runAlone(session, query)),
    batch: (queries, options = {}) => withSession(pool, (session) => runBatch(session, queries, options)),
    close: () => pool.end(),
  }
}

async function withSession<T>(pool: pg.Pool, work: (session: Session) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let broken = false
  const session: Session = {
    inTransaction: () => !broken && client.getTransactionStatus() !== 'I',
    run: async ({ text, values = [] }) => {
      try {
        const { command, rowCount, fields, rows } = await client.query({
          text,
          values: [...values],
          rowMode: 'array',
          // Without this a query without parameters goes out as a script, in which several statements may hide.
          queryMode: 'extended',
          types: rawText,
        } as pg.QueryArrayConfig)
        return { command: command ?? '', rowCount, fields, rows }
      } catch (error) {
        if (error instanceof pg.DatabaseError) throw new SqlError(reportOf(error))
        broken = true
        throw error
      }
    },
  }
  try {
    return await work(session)
  } finally {
    client.release(broken)
  }
}
