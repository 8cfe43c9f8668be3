import { sql } from 'drizzle-orm'
import type { Client } from '../../db/database.ts'
import { erased, lockingCounter } from './erasing.ts'
import { steadyPlans, textArray } from './outbox-leases.ts'
import type { ObjectEvent } from './types.ts'

const TIDIED_AT_ONCE = 5_000

type Tidying = { now: Date; keptSince: Date; sinksOn: readonly string[] }

/**
 * Deletes rows that were settled long ago, and rows that have waited as long for a disabled sink. Expires rows that are past
 * their time, with their secrets. Skips locked rows, so this never waits while it holds locks.
 */
export async function tidy(db: Client, { now, keptSince, sinksOn }: Tidying): Promise<void> {
  const at = sql`${now.toISOString()}::timestamptz`
  const since = sql`${keptSince.toISOString()}::timestamptz`
  await db.batch([
    steadyPlans(db),
    db.execute(sql`
      with settled as (
        select event_id, sink from outbox
        where state in ('delivered', 'expired', 'dead') and settled_at < ${since}
        order by settled_at limit ${TIDIED_AT_ONCE}::int for update skip locked
      )
      delete from outbox as one using settled where one.event_id = settled.event_id and one.sink = settled.sink`),
    // `lines` jumps through the index from sink to sink. It holds the first row of each user, and the others are found behind it.
    db.execute(sql`
      with recursive lines as (
        (select sink from outbox where state = 'waiting' and not behind order by sink limit 1)
        union all
        select (select sink from outbox where state = 'waiting' and not behind and sink > lines.sink order by sink limit 1)
        from lines where lines.sink is not null
      ), heads as (
        select one.sink, one.user_id, one.place from lines, lateral (
          select sink, user_id, place, next_at from outbox
          where sink = lines.sink and state = 'waiting' and not behind and next_at < ${since}
          order by next_at limit ${TIDIED_AT_ONCE}::int
        ) as one
        where lines.sink <> all(${textArray(sinksOn)})
      ), abandoned as (
        select one.event_id, one.sink from heads, lateral (
          select event_id, sink from outbox
          where user_id = heads.user_id and sink = heads.sink and place >= heads.place and state = 'waiting'
            and created_at < ${since} and (heads.user_id <> 0 or place = heads.place)
          order by place limit ${TIDIED_AT_ONCE}::int for update skip locked
        ) as one limit ${TIDIED_AT_ONCE}::int
      )
      delete from outbox as one using abandoned where one.event_id = abandoned.event_id and one.sink = abandoned.sink`),
    db.execute(sql`
      with late as (
        select event_id, sink from outbox
        where state in ('waiting', 'dead') and deliver_before <= ${at} and (leased_until is null or leased_until <= ${at})
        order by deliver_before limit ${TIDIED_AT_ONCE}::int for update skip locked
      )
      update outbox as one set state = 'expired', settled_at = ${at}, sealed = null, payload = ${erased('one')}
      from late where one.event_id = late.event_id and one.sink = late.sink`),
  ])
}

export type ObjectEventRow = ObjectEvent & { sinks: string[]; published: boolean }

/**
 * The first statement locks the user's counter, and the second reads the rows. So a repetition waits for a first attempt that
 * still runs, finds its rows and inserts none. It also waits for a deletion: for a deleted user only the end of sessions is
 * recorded, and only without address and device.
 */
export async function insertObjectEvents(db: Client, userId: number, events: readonly ObjectEventRow[]): Promise<void> {
  const rows = events.map(({ id, at, type, payload, sinks, published }, place) => {
    return { place, id, at: new Date(at).toISOString(), type, payload, sinks, published }
  })
  await db.batch([
    steadyPlans(db),
    db.execute(lockingCounter(userId)),
    db.execute(sql`
      with given as (
        select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
          as given (place int, id text, at timestamptz, type text, payload jsonb, sinks text[], published boolean)
      ), fresh as (
        select given.*, count(*) filter (where published) over (order by place) as nth
        from given where not exists (select 1 from outbox where event_id = given.id)
          and (${userId}::bigint = 0 or exists (select 1 from users where user_id = ${userId}::bigint)
            or given.type = 'session_ended' and coalesce(given.payload->>'address', '') = ''
              and coalesce(given.payload->>'device', '') = '' and given.payload->>'country' is null)
      ), counted as (
        update event_counters set seq = seq + (select count(*) from fresh where published) where user_id = ${userId}::bigint
        returning seq - (select count(*) from fresh where published) as seq
      )
      insert into outbox (event_id, sink, user_id, seq, type, payload, created_at, next_at)
      select fresh.id, wanted.sink, ${userId}::bigint, counted.seq + fresh.nth, fresh.type, fresh.payload, fresh.at, fresh.at
      from fresh, counted, unnest(fresh.sinks) as wanted (sink)
      order by fresh.place`),
  ])
}
