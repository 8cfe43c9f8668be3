import { type SQL, sql } from 'drizzle-orm'
import type { Client } from '../../db/database.ts'
import { steadyPlans } from './outbox-leases.ts'

/** A revocation that waits longer than this has a session object that does not answer. */
const REVOCATION_WITHIN_MS = 60_000
const SHOWN = 100

/** A revocation is overdue, or there is a dead letter. */
export async function needsAttention(db: Client, now: Date): Promise<boolean> {
  const overdue = new Date(now.getTime() - REVOCATION_WITHIN_MS).toISOString()
  const [, { rows }] = await db.batch([
    steadyPlans(db),
    db.execute<{ needed: boolean }>(sql`
      select exists (select 1 from outbox where state = 'dead') or exists (
        select 1 from outbox
        where state = 'waiting' and not behind and sink = 'sessions' and created_at < ${overdue}::timestamptz
      ) as needed`),
  ])
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

/** The waiting rows by sink, and the dead letters, oldest first. Payloads are left out, since they may be personal. */
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

/** A filter of dead letters. An empty filter matches all. */
export type WhichDead = { eventId?: string | undefined; sink?: string | undefined }

/** Locked in the order of `place`, like the rows of a user who is being deleted. */
function chosen({ eventId, sink }: WhichDead, limit = sql``): SQL {
  const which = [sql`state = 'dead'`]
  if (eventId !== undefined) which.push(sql`event_id = ${eventId}`)
  if (sink !== undefined) which.push(sql`sink = ${sink}`)
  return sql`chosen as (
    select event_id, sink from outbox where ${sql.join(which, sql` and `)} order by place ${limit} for update)`
}

/** Sets dead letters back to waiting, with the same ids and no tries. Returns the ids. */
export async function revive(db: Client, which: WhichDead, now: Date): Promise<string[]> {
  const { rows } = await db.execute<{ event_id: string }>(sql`
    with ${chosen(which)}
    update outbox as one set state = 'waiting', attempts = 0, next_at = ${now.toISOString()}::timestamptz,
      settled_at = null, leased_until = null
    from chosen where one.event_id = chosen.event_id and one.sink = chosen.sink
    returning one.event_id`)
  return rows.map(({ event_id }) => event_id)
}

const DISCARDED_AT_ONCE = 5_000

/** Deletes dead letters and returns how many there were. */
export async function discard(db: Client, which: WhichDead): Promise<number> {
  for (let discarded = 0; ; ) {
    const { rows } = await db.execute<{ gone: number }>(sql`
      with ${chosen(which, sql`limit ${DISCARDED_AT_ONCE}::int`)}, gone as (
        delete from outbox as one using chosen where one.event_id = chosen.event_id and one.sink = chosen.sink
        returning one.event_id
      ) select count(*)::int as gone from gone`)
    const gone = rows[0]?.gone ?? 0
    discarded += gone
    if (gone < DISCARDED_AT_ONCE) return discarded
  }
}
