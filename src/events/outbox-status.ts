import { type SQL, sql } from 'drizzle-orm'
import type { Client } from '../db/database.ts'

/** A revocation arrives within this time of its object's return; one that waits longer has an object that does not answer. */
const REVOCATION_WITHIN_MS = 60_000
const SHOWN = 100

/** Somebody may still be in who was thrown out, or an event was given up. */
export async function needsAttention(db: Client, now: Date): Promise<boolean> {
  const overdue = new Date(now.getTime() - REVOCATION_WITHIN_MS).toISOString()
  const { rows } = await db.execute<{ needed: boolean }>(sql`
    select exists (select 1 from outbox where state = 'dead') or exists (
      select 1 from outbox where state = 'waiting' and sink = 'sessions' and created_at < ${overdue}::timestamptz
    ) as needed`)
  return rows[0]?.needed === true
}

export type SinkStatus = { sink: string; waiting: number; dead: number; oldestWaiting: string | null }
export type DeadLetter = {
  eventId: string
  sink: string
  type: string
  userId: number
  attempts: number
  diedAt: string
  reason: string | null
}
export type OutboxStatus = { sinks: SinkStatus[]; dead: DeadLetter[] }

/** What waits and what was given up, oldest first; what it says is not told, since it may be personal. */
export async function readStatus(db: Client): Promise<OutboxStatus> {
  const [sinks, dead] = await db.batch([
    db.execute<SinkStatus>(sql`
      select sink, (count(*) filter (where state = 'waiting'))::int as waiting,
        (count(*) filter (where state = 'dead'))::int as dead,
        ${iso(sql`min(created_at) filter (where state = 'waiting')`)} as "oldestWaiting"
      from outbox where state in ('waiting', 'dead') group by sink order by sink`),
    db.execute<DeadLetter & { userId: string }>(sql`
      select event_id as "eventId", sink, type, user_id as "userId", attempts, ${iso(sql`settled_at`)} as "diedAt",
        last_error as reason
      from outbox where state = 'dead' order by settled_at, place limit ${SHOWN}::int`),
  ])
  return { sinks: sinks.rows, dead: dead.rows.map((row) => ({ ...row, userId: Number(row.userId) })) }
}

const iso = (moment: SQL) => sql`to_char(${moment} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

/** Which dead letters; without any of these, all. */
export type WhichDead = { eventId?: string | undefined; sink?: string | undefined }

/** They wait again, under the same ids, with all their tries before them. Answers the ids. */
export async function revive(db: Client, { eventId, sink }: WhichDead, now: Date): Promise<string[]> {
  const which = [sql`state = 'dead'`]
  if (eventId !== undefined) which.push(sql`event_id = ${eventId}`)
  if (sink !== undefined) which.push(sql`sink = ${sink}`)
  const { rows } = await db.execute<{ event_id: string }>(sql`
    update outbox set state = 'waiting', attempts = 0, next_at = ${now.toISOString()}::timestamptz, settled_at = null,
      leased_until = null
    where ${sql.join(which, sql` and `)}
    returning event_id`)
  return rows.map(({ event_id }) => event_id)
}
