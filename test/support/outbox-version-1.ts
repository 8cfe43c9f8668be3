import { sql } from './rows.ts'

/** The lease and the settlement of version 0.1.0, which know neither `behind` nor `batch_id`. */
export const leaseAsBefore = (sink: string, now: Date, until: Date) => sql()`
  with due as (
    select one.event_id, one.sink from outbox as one
    where one.sink = ${sink} and one.state = 'waiting' and one.next_at <= ${now.toISOString()}::timestamptz
      and (one.leased_until is null or one.leased_until <= ${now.toISOString()}::timestamptz)
      and (one.user_id = 0 or not exists (
        select 1 from outbox as earlier
        where earlier.user_id = one.user_id and earlier.sink = one.sink and earlier.state = 'waiting'
          and earlier.place < one.place))
    order by one.next_at, one.place limit 50 for update skip locked
  )
  update outbox as taken set attempts = taken.attempts + 1, state = 'waiting', leased_until = ${until.toISOString()}::timestamptz
  from due where taken.event_id = due.event_id and taken.sink = due.sink
  returning taken.event_id`

export const settleAsBefore = (eventId: unknown, now: Date) => sql()`
  update outbox set state = 'delivered', settled_at = ${now.toISOString()}::timestamptz, leased_until = null, sealed = null
  where event_id = ${String(eventId)} and state = 'waiting'`
