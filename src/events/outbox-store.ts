import { sql } from 'drizzle-orm'
import type { Client } from '../db/database.ts'
import type { Born } from './move.ts'
import type { OutboxRow, Payload } from './types.ts'

export type Claim = {
  sinks: readonly string[]
  /** For each sink, so that one that is far behind leaves room for the others. */
  most: number
  maxTries: number
  now: Date
  /** Longer than any time-out of a delivery. Whoever settles names it, so nobody settles what another has claimed since. */
  until: Date
  eventIds?: readonly string[] | undefined
}

/** `rows` are to be delivered; `claimed` counts those besides that are over: too late, or tried too often without a verdict. */
export type Claimed = { rows: OutboxRow[]; claimed: number }

type ClaimedRow = {
  event_id: string
  sink: string
  user_id: string
  place: string
  seq: string
  type: string
  payload: Payload
  sealed: string | null
  created_at: string
  deliver_before: string | null
  attempts: number
  state: string
}

/**
 * Only the head of each (user, sink) can be claimed, and it is the head until it is settled: so the order holds however many
 * claim at once. What belongs to nobody has no order to keep.
 */
export async function claim(db: Client, { sinks, most, maxTries, now, until, eventIds }: Claim): Promise<Claimed> {
  const at = sql`${now.toISOString()}::timestamptz`
  const only = eventIds ? sql`and one.event_id = any(${textArray(eventIds)})` : sql``
  const { rows } = await db.execute<ClaimedRow>(sql`
    with due as (
      select head.event_id, head.sink, head.fate
      from unnest(${textArray(sinks)}) as wanted (sink), lateral (
        select one.event_id, one.sink, case
            when one.deliver_before <= ${at} then 'expired'
            when one.attempts >= ${maxTries}::int and one.sink <> 'sessions' then 'dead'
            else 'waiting' end as fate
        from outbox as one
        where one.sink = wanted.sink and one.state = 'waiting' and one.next_at <= ${at} ${only}
          and (one.leased_until is null or one.leased_until <= ${at})
          and (one.user_id = 0 or not exists (
            select 1 from outbox as earlier
            where earlier.user_id = one.user_id and earlier.sink = one.sink and earlier.state = 'waiting'
              and earlier.place < one.place))
        order by one.next_at, one.place limit ${most}::int
        for update skip locked
      ) as head
    )
    update outbox as taken set
      state = due.fate,
      attempts = case when due.fate = 'waiting' then taken.attempts + 1 else taken.attempts end,
      leased_until = case when due.fate = 'waiting' then ${until.toISOString()}::timestamptz end,
      settled_at = case when due.fate <> 'waiting' then ${at} end,
      sealed = case when due.fate <> 'expired' then taken.sealed end,
      last_error = case due.fate when 'dead' then coalesce(taken.last_error, 'no verdict') else taken.last_error end
    from due
    where taken.event_id = due.event_id and taken.sink = due.sink
    returning taken.event_id, taken.sink, taken.user_id, taken.place, taken.seq, taken.type, taken.payload, taken.sealed,
      taken.created_at::text, taken.deliver_before::text, taken.attempts, taken.state`)
  const waiting = rows.filter(({ state }) => state === 'waiting').sort((a, b) => Number(a.place) - Number(b.place))
  return { rows: waiting.map(asOutboxRow), claimed: rows.length }
}

const asOutboxRow = (row: ClaimedRow): OutboxRow => ({
  eventId: row.event_id,
  sink: row.sink,
  userId: Number(row.user_id),
  seq: Number(row.seq),
  type: row.type,
  payload: row.payload,
  sealed: row.sealed,
  createdAt: new Date(row.created_at),
  deliverBefore: row.deliver_before === null ? null : new Date(row.deliver_before),
  attempts: row.attempts,
})

export type Settlement = {
  eventId: string
  sink: string
  state: 'delivered' | 'waiting' | 'dead'
  reason: string | null
  /** When a row that goes on waiting may be tried again. */
  nextAt: Date | null
}

/** A secret is erased by the statement that says it arrived. */
export async function settle(db: Client, settlements: Settlement[], { now, until }: { now: Date; until: Date }) {
  const at = sql`${now.toISOString()}::timestamptz`
  await db.execute(sql`
    update outbox as one set
      state = verdict.state,
      settled_at = case when verdict.state <> 'waiting' then ${at} end,
      next_at = coalesce(verdict."nextAt", one.next_at),
      leased_until = null,
      last_error = coalesce(verdict.reason, one.last_error),
      sealed = case when verdict.state <> 'delivered' then one.sealed end
    from jsonb_to_recordset(${JSON.stringify(settlements)}::jsonb)
      as verdict ("eventId" text, sink text, state text, reason text, "nextAt" timestamptz)
    where one.event_id = verdict."eventId" and one.sink = verdict.sink
      and one.state = 'waiting' and one.leased_until = ${until.toISOString()}::timestamptz`)
}

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

const textArray = (texts: readonly string[]) =>
  sql`array(select jsonb_array_elements_text(${JSON.stringify(texts)}::jsonb))`

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
