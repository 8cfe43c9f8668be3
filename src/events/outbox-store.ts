import { sql } from 'drizzle-orm'
import type { Client } from '../db/database.ts'
import type { Born } from './move.ts'

const TIDIED_AT_ONCE = 5_000

/** Forgets what arrived long ago, and gives up, with its secret, what has become useless behind something that is stuck. */
export async function tidy(db: Client, { now, keptSince }: { now: Date; keptSince: Date }): Promise<void> {
  const at = sql`${now.toISOString()}::timestamptz`
  await db.execute(sql`
    with forgotten as (
      delete from outbox where (event_id, sink) in (
        select event_id, sink from outbox
        where state in ('delivered', 'expired') and settled_at < ${keptSince.toISOString()}::timestamptz
        order by settled_at limit ${TIDIED_AT_ONCE}::int)
    )
    update outbox set state = 'expired', settled_at = ${at}, sealed = null
    where state in ('waiting', 'dead') and deliver_before <= ${at} and (leased_until is null or leased_until <= ${at})`)
}

export type BornRow = Born & { sinks: string[]; published: boolean }

/**
 * The first statement takes the lock on the user's counter, and only the second looks at what is there already: a repetition
 * that overtakes a lost first attempt waits for its end, finds it, and raises nothing.
 */
export async function insertBorn(db: Client, userId: number, events: readonly BornRow[]): Promise<void> {
  const rows = events.map(({ id, at, type, payload, sinks, published }, place) => {
    return { place, id, at: new Date(at).toISOString(), type, payload, sinks, published }
  })
  await db.batch([
    db.execute(sql`
      insert into event_counters as counter (user_id, seq) values (${userId}::bigint, 0)
      on conflict (user_id) do update set seq = counter.seq`),
    db.execute(sql`
      with born as (
        select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
          as born (place int, id text, at timestamptz, type text, payload jsonb, sinks text[], published boolean)
      ), fresh as (
        select born.*, count(*) filter (where published) over (order by place) as nth
        from born where not exists (select 1 from outbox where event_id = born.id)
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
