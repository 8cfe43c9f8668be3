import type { ObjectEvent } from '../events/types.ts'
import type { LoginBlocked } from './messages.ts'

/** The number of events that a full outbox dropped. Recorded as soon as there is room. */
export type EventsDropped = { event: 'events_dropped'; at: number; count: number }

/** `missed` counts the events that were dropped after this one. */
export type OutboxRow = { id: string; event: LoginBlocked | EventsDropped; missed: number }

const MOST = 100

export function record(sql: SqlStorage, events: readonly OutboxRow['event'][]): void {
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
  return rows.toArray().map(({ id, event, missed }) => ({ id, event: JSON.parse(event) as OutboxRow['event'], missed }))
}

/** Counts at removal, since events may have been dropped after the row was read. */
export function remove(sql: SqlStorage, ids: readonly string[]): void {
  const gone = sql.exec<{ event: string; missed: number }>(
    'DELETE FROM outbox WHERE id IN (SELECT value FROM json_each(?)) RETURNING event, missed',
    JSON.stringify(ids),
  )
  const rows = gone.toArray().map(({ event, missed }) => ({ at: Number(JSON.parse(event).at), missed }))
  const missed = rows.reduce((sum, row) => sum + row.missed, 0)
  const at = rows.reduce((latest, row) => Math.max(latest, row.at), 0)
  if (missed > 0) record(sql, [{ event: 'events_dropped', at, count: missed }])
}

export function count(sql: SqlStorage): number {
  return sql.exec<{ rows: number }>('SELECT COUNT(*) AS rows FROM outbox').one().rows
}

/** The event names no user, since a guard knows pseudonyms only. */
export function asObjectEvent({ id, event: { event: type, at, ...payload } }: OutboxRow): ObjectEvent {
  const until = 'until' in payload && { until: new Date(payload.until).toISOString() }
  return { id, at, type, userId: 0, payload: { ...payload, ...until } }
}
