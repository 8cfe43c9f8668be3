import { sql } from 'drizzle-orm'
import type { Client } from '../../db/database.ts'
import { erased } from './erasing.ts'
import type { OutboxRow, Payload } from './types.ts'

export type Claim = {
  sinks: readonly string[]
  /** For each sink, so that one that is far behind leaves room for the others. */
  most: number
  maxTries: number
  now: Date
  /** Longer than any time-out of a delivery. Whoever settles names it, so nobody settles what another has claimed since. */
  until: Date
  /** Only these, and whatever else of the same users stands before or behind them. */
  eventIds?: readonly string[] | undefined
}

/** `row` is to be delivered; null where it is over: too late, or tried too often without a verdict. */
export type Claimed = { sink: string; row: OutboxRow | null }

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
export async function claim(db: Client, wanted: Claim): Promise<Claimed[]> {
  return claimedOf((await claiming(db, wanted)).rows)
}

const usersOf = (eventIds: readonly string[]) =>
  sql`array(select user_id from outbox where event_id = any(${textArray(eventIds)}) and user_id <> 0)`

function claiming(db: Client, { sinks, most, maxTries, now, until, eventIds }: Claim) {
  const at = sql`${now.toISOString()}::timestamptz`
  const only = eventIds
    ? sql`and (one.event_id = any(${textArray(eventIds)}) or one.user_id = any(${usersOf(eventIds)}))`
    : sql``
  // What nobody has tried is due whatever the clock says of whoever recorded it: it may be ahead of ours, or ours be read before.
  const due = eventIds ? sql`(one.attempts = 0 or one.next_at <= ${at})` : sql`one.next_at <= ${at}`
  return db.execute<ClaimedRow>(sql`
    with due as (
      select head.event_id, head.sink, head.fate
      from unnest(${textArray(sinks)}) as wanted (sink), lateral (
        select one.event_id, one.sink, case
            when one.deliver_before <= ${at} then 'expired'
            when one.attempts >= ${maxTries}::int and one.sink <> 'sessions' then 'dead'
            else 'waiting' end as fate
        from outbox as one
        where one.sink = wanted.sink and one.state = 'waiting' and ${due} ${only}
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
      payload = case due.fate when 'expired' then ${erased('taken')} else taken.payload end,
      last_error = case due.fate when 'dead' then coalesce(taken.last_error, 'no verdict') else taken.last_error end
    from due
    where taken.event_id = due.event_id and taken.sink = due.sink
    returning taken.event_id, taken.sink, taken.user_id, taken.place, taken.seq, taken.type, taken.payload, taken.sealed,
      taken.created_at::text, taken.deliver_before::text, taken.attempts, taken.state`)
}

const claimedOf = (rows: ClaimedRow[]): Claimed[] =>
  rows
    .toSorted((a, b) => Number(a.place) - Number(b.place))
    .map((row) => ({ sink: row.sink, row: row.state === 'waiting' ? asOutboxRow(row) : null }))

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
  /** The lease that it was claimed under. */
  until: Date
}

export async function settle(db: Client, settlements: readonly Settlement[], now: Date): Promise<void> {
  await settling(db, settlements, now)
}

/**
 * Settles, and claims at once what is free by that: whoever recorded it meanwhile has found it standing behind ours and gone.
 * Nobody falls between, since recording takes the same lock: it has ended before the claim looks, or begins when ours is settled.
 */
export async function settleAndClaim(
  db: Client,
  settlements: readonly Settlement[],
  next: Claim & { eventIds: readonly string[] },
): Promise<Claimed[]> {
  const [, , { rows }] = await db.batch([
    db.execute(sql`
      select user_id from event_counters where user_id = any(${usersOf(next.eventIds)}) order by user_id for share`),
    settling(db, settlements, next.now),
    claiming(db, next),
  ])
  return claimedOf(rows)
}

/**
 * A secret, and the address that it went to, are erased by the statement that says it arrived. Rows are locked in the order of
 * `place`, like those of a deletion: several sinks may settle rows of one user here.
 */
function settling(db: Client, settlements: readonly Settlement[], now: Date) {
  const at = sql`${now.toISOString()}::timestamptz`
  return db.execute(sql`
    update outbox as one set
      state = verdict.state,
      settled_at = case when verdict.state <> 'waiting' then ${at} end,
      next_at = coalesce(verdict."nextAt", one.next_at),
      leased_until = null,
      last_error = coalesce(verdict.reason, one.last_error),
      sealed = case when verdict.state <> 'delivered' then one.sealed end,
      payload = case verdict.state when 'delivered' then ${erased('one')} else one.payload end
    from (
      select verdict.*, held.event_id
      from outbox as held join jsonb_to_recordset(${JSON.stringify(settlements)}::jsonb)
        as verdict ("eventId" text, sink text, state text, reason text, "nextAt" timestamptz, until timestamptz)
        on held.event_id = verdict."eventId" and held.sink = verdict.sink
      where held.state = 'waiting' and held.leased_until = verdict.until
      order by held.place for update of held
    ) as verdict
    where one.event_id = verdict.event_id and one.sink = verdict.sink`)
}

export const textArray = (texts: readonly string[]) =>
  sql`array(select jsonb_array_elements_text(${JSON.stringify(texts)}::jsonb))`
