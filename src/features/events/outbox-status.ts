import { type SQL, sql } from 'drizzle-orm'
import type { Client } from '../../db/database.ts'
import { steadyPlans, textArray } from './outbox-leases.ts'

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

/** When a row of these sinks is due next, or one is too late: in milliseconds. Null where nothing waits. */
export async function nextDue(db: Client, sinks: readonly string[]): Promise<number | null> {
  const [, { rows }] = await db.batch([
    steadyPlans(db),
    db.execute<{ due: number | null }>(sql`
      select (extract(epoch from min(due)) * 1000)::float as due from (
        select first.next_at as due from unnest(${textArray(sinks)}) as wanted (sink), lateral (
          select next_at from outbox where sink = wanted.sink and state = 'waiting' and not behind
          order by next_at, place limit 1
        ) as first
        union all
        (select deliver_before from outbox
          where state in ('waiting', 'dead') and deliver_before is not null order by deliver_before limit 1)
      ) as first`),
  ])
  return rows[0]?.due ?? null
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
function chosen({ eventId, sink }: WhichDead, limit: SQL): SQL {
  const which = [sql`state = 'dead'`]
  if (eventId !== undefined) which.push(sql`event_id = ${eventId}`)
  if (sink !== undefined) which.push(sql`sink = ${sink}`)
  return sql`chosen as (
    select event_id, sink, user_id, place from outbox where ${sql.join(which, sql` and `)} order by place ${limit} for update)`
}

const AT_ONCE = 5_000
/** As many as a receiver that has just come back may be asked to take. */
const REVIVED_PER_SECOND = 100

/**
 * Sets dead letters back to waiting, with the same ids and no tries, and returns how many. They become due one after another. The first
 * of each line stands before what waits there already, so all others of the line are behind it.
 */
export async function revive(db: Client, which: WhichDead, now: Date): Promise<number> {
  for (let before = 0; ; ) {
    const revived = await counted(
      db,
      sql`
      with ${chosen(which, sql`limit ${AT_ONCE}::int`)}, ranked as (
        select event_id, sink, user_id <> 0 and row_number() over (partition by user_id, sink order by place) > 1 as behind,
          (row_number() over (partition by sink order by place) - 1 + ${before}::int) / ${REVIVED_PER_SECOND}::int as seconds
        from chosen
      ), revived as (
        update outbox as one set state = 'waiting', attempts = 0, settled_at = null, leased_until = null, batch_id = null,
          behind = ranked.behind, next_at = ${now.toISOString()}::timestamptz + ranked.seconds * interval '1 second'
        from ranked where one.event_id = ranked.event_id and one.sink = ranked.sink
        returning one.user_id, one.sink, one.place
      ), overtaken as (
        update outbox as later set behind = true
        from (select user_id, sink, min(place) as place from revived where user_id <> 0 group by user_id, sink) as first
        where later.user_id = first.user_id and later.sink = first.sink and later.state = 'waiting' and not later.behind
          and later.place > first.place
      ) select count(*)::int as count from revived`,
    )
    before += revived
    if (revived < AT_ONCE) return before
  }
}

/** Deletes dead letters and returns how many there were. */
export async function discard(db: Client, which: WhichDead): Promise<number> {
  for (let before = 0; ; ) {
    const gone = await counted(
      db,
      sql`
      with ${chosen(which, sql`limit ${AT_ONCE}::int`)}, gone as (
        delete from outbox as one using chosen where one.event_id = chosen.event_id and one.sink = chosen.sink
        returning one.event_id
      ) select count(*)::int as count from gone`,
    )
    before += gone
    if (gone < AT_ONCE) return before
  }
}

async function counted(db: Client, statement: SQL): Promise<number> {
  const [, { rows }] = await db.batch([steadyPlans(db), db.execute<{ count: number }>(statement)])
  return rows[0]?.count ?? 0
}
