import type { LoginBlocked } from './messages.ts'

/** `missed` counts the events that found the outbox full after this one. */
export type OutboxRow = { id: string; event: LoginBlocked; missed: number }

const MOST = 100

export function record(sql: SqlStorage, events: readonly LoginBlocked[]): void {
  for (const event of events) {
    if (count(sql) >= MOST) {
      sql.exec('UPDATE outbox SET missed = missed + 1 WHERE place = (SELECT MAX(place) FROM outbox)')
    } else {
      sql.exec('INSERT INTO outbox (id, event) VALUES (?, ?)', crypto.randomUUID(), JSON.stringify(event))
    }
  }
}

export function peek(sql: SqlStorage, limit: number): OutboxRow[] {
  const rows = sql.exec<{ id: string; event: string; missed: number }>(
    'SELECT id, event, missed FROM outbox ORDER BY place LIMIT ?',
    limit,
  )
  return rows.toArray().map(({ id, event, missed }) => ({ id, event: JSON.parse(event) as LoginBlocked, missed }))
}

export function remove(sql: SqlStorage, ids: readonly string[]): void {
  sql.exec('DELETE FROM outbox WHERE id IN (SELECT value FROM json_each(?))', JSON.stringify(ids))
}

export function count(sql: SqlStorage): number {
  return sql.exec<{ rows: number }>('SELECT COUNT(*) AS rows FROM outbox').one().rows
}
