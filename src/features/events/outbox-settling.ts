import { sql } from 'drizzle-orm'
import type { Client } from '../../db/database.ts'
import { erased } from './erasing.ts'
import { type Leased, type LeaseRequest, leasedRows, leasing, steadyPlans, usersOf } from './outbox-leases.ts'

export type Settlement = {
  eventId: string
  sink: string
  state: 'delivered' | 'waiting' | 'dead'
  reason: string | null
  /** When a row that still waits may be tried again. */
  nextAt: Date | null
  /** The end of the lease under which the row was delivered. */
  until: Date
  /** A row that still waits is no longer bound to those that it was sent with. */
  alone?: boolean | undefined
}

export async function settle(db: Client, settlements: readonly Settlement[], now: Date): Promise<void> {
  await db.batch([steadyPlans(db), settling(db, settlements, now)])
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
  const [, , , { rows }] = await db.batch([
    steadyPlans(db),
    db.execute(sql`
      select user_id from event_counters where user_id = any(array(${usersOf(next.eventIds)})) order by user_id for share`),
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
      batch_id = case when verdict.alone then null else one.batch_id end,
      last_error = coalesce(verdict.reason, one.last_error),
      sealed = case when verdict.state <> 'delivered' then one.sealed end,
      payload = case verdict.state when 'delivered' then ${erased('one')} else one.payload end
    from (
      select verdict.*, held.event_id
      from outbox as held join jsonb_to_recordset(${JSON.stringify(settlements)}::jsonb)
        as verdict ("eventId" text, sink text, state text, reason text, "nextAt" timestamptz, until timestamptz, alone boolean)
        on held.event_id = verdict."eventId" and held.sink = verdict.sink
      where held.state = 'waiting' and held.leased_until = verdict.until
      order by held.place for update of held
    ) as verdict
    where one.event_id = verdict.event_id and one.sink = verdict.sink`)
}
