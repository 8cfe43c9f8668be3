import { sql } from 'drizzle-orm'
import type { Client } from '../../db/database.ts'
import { erased } from './erasing.ts'
import type { OutboxRow, Payload } from './types.ts'

export type LeaseRequest = {
  sinks: readonly string[]
  /** For each sink, so that one that is far behind leaves room for the others. */
  most: number
  maxTries: number
  now: Date
  /** The end of the lease, later than any time-out of a delivery. A settlement names it, so it never settles a row that another round
   * has leased since. */
  until: Date
  /** Only these events, and what else of the same users waits before or behind them. */
  eventIds?: readonly string[] | undefined
}

/** `row` is to be delivered. It is null where the row has expired or was tried too often without a verdict. */
export type Leased = { sink: string; row: OutboxRow | null }

type LeasedRow = {
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
 * Only the oldest waiting row of each user and sink can be leased, until it is settled. So the order holds for any number of
 * deliverers. Rows of no user have no order.
 */
export async function lease(db: Client, wanted: LeaseRequest): Promise<Leased[]> {
  return leasedRows((await leasing(db, wanted)).rows)
}

const usersOf = (eventIds: readonly string[]) =>
  sql`array(select user_id from outbox where event_id = any(${textArray(eventIds)}) and user_id <> 0)`

function leasing(db: Client, { sinks, most, maxTries, now, until, eventIds }: LeaseRequest) {
  const at = sql`${now.toISOString()}::timestamptz`
  const only = eventIds
    ? sql`and (one.event_id = any(${textArray(eventIds)}) or one.user_id = any(${usersOf(eventIds)}))`
    : sql``
  // An untried row is due at once: the clock of the isolate that recorded it may be ahead of ours.
  const due = eventIds ? sql`(one.attempts = 0 or one.next_at <= ${at})` : sql`one.next_at <= ${at}`
  return db.execute<LeasedRow>(sql`
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

const leasedRows = (rows: LeasedRow[]): Leased[] =>
  rows
    .toSorted((a, b) => Number(a.place) - Number(b.place))
    .map((row) => ({ sink: row.sink, row: row.state === 'waiting' ? asOutboxRow(row) : null }))

const asOutboxRow = (row: LeasedRow): OutboxRow => ({
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
  /** When a row that still waits may be tried again. */
  nextAt: Date | null
  /** The end of the lease under which the row was delivered. */
  until: Date
}

export async function settle(db: Client, settlements: readonly Settlement[], now: Date): Promise<void> {
  await settling(db, settlements, now)
}

/**
 * Settles rows and leases those that waited behind them. Their own requests found ours leased and left them here. No row is missed,
 * since recording takes the same lock: it ends before this looks for rows, or begins after ours are settled.
 */
export async function settleAndLease(
  db: Client,
  settlements: readonly Settlement[],
  next: LeaseRequest & { eventIds: readonly string[] },
): Promise<Leased[]> {
  const [, , { rows }] = await db.batch([
    db.execute(sql`
      select user_id from event_counters where user_id = any(${usersOf(next.eventIds)}) order by user_id for share`),
    settling(db, settlements, next.now),
    leasing(db, next),
  ])
  return leasedRows(rows)
}

/**
 * The statement that settles a mail as delivered also erases its secret and its address. Rows are locked in the order of `place`, as
 * a deletion locks them: several sinks may settle rows of one user here.
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
