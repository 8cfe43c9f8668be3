import pg from 'pg'
import type { Engine, Query, Result } from './engine.ts'
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
  let lost = false
  const lose = () => {
    lost = true
  }
  client.on('error', lose)
  const state = () => (lost ? 'lost' : client.getTransactionStatus() === 'I' ? 'idle' : 'in a transaction')
  const run = async ({ text, values = [] }: Query): Promise<Result> => {
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
      const reported = error instanceof pg.DatabaseError
      if (!reported || error.severity === 'FATAL') lose()
      throw reported ? new SqlError(reportOf(error)) : error
    }
  }
  try {
    return await work({ run, state })
  } finally {
    client.release(lost)
    // Not before: from now on the pool listens itself. It drops a lost one, which may still complain.
    if (!lost) client.off('error', lose)
  }
}
