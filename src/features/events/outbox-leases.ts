import { type SQL, sql } from 'drizzle-orm'
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
  /** Which rows go along with the first row of a line: those behind it, or those that were sent with it before. */
  along?: 'run' | 'batch' | undefined
  /** The sinks among them whose rows have a name under which they are sent. It is on disk before they are: their own, or that of a batch. */
  named?: readonly string[] | undefined
  /** Names the rows that are sent together for the first time. */
  batchId?: string | undefined
}

/** `row` is to be delivered. It is null where the row has expired or was tried too often without a verdict. */
export type Leased = { sink: string; row: OutboxRow | null }

export type LeasedRow = {
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
  batch_id: string | null
  state: string
}

/**
 * Only the oldest waiting row of each user and sink can be leased, until it is settled, and with it at most the rows right behind it.
 * So the order holds for any number of deliverers. Rows of no user have no order.
 */
export async function lease(db: Client, wanted: LeaseRequest): Promise<Leased[]> {
  const [, { rows }] = await db.batch([steadyPlans(db), leasing(db, wanted)])
  return leasedRows(rows)
}

/**
 * The first statement of a batch. The table fills and empties within minutes, so what the planner knows of it is always old: it may
 * take a table for small, or the rows of one user for few, and sort them. Compiling a statement of a millisecond takes longer than it.
 */
export const steadyPlans = (db: Client) =>
  db.execute(sql`
    select set_config('jit', 'off', true), set_config('enable_seqscan', 'off', true), set_config('enable_sort', 'off', true)`)

export const usersOf = (eventIds: readonly string[]) =>
  sql`select user_id from outbox where event_id = any(${textArray(eventIds)}) and user_id <> 0`

const COLUMNS = sql`one.event_id, one.sink, one.user_id, one.place, one.next_at, one.batch_id,
  one.deliver_before, one.attempts`

/** In the order of an index that ends with `place`: no other one finds it without reading all rows of a user. */
const first = (where: SQL): SQL =>
  sql`select first.place from outbox as first where ${where} and first.state = 'waiting' order by first.place limit 1`

/** The first rows that are due in each sink. The first of a batch stands for all of it. */
const dueHeads = ({ sinks, most }: LeaseRequest, at: SQL): SQL => sql`
  select head.* from unnest(${textArray(sinks)}) as wanted (sink), lateral (
    select ${COLUMNS} from outbox as one
    where one.sink = wanted.sink and one.state = 'waiting' and not one.behind and one.next_at <= ${at}
      and (one.leased_until is null or one.leased_until <= ${at})
      and (one.user_id = 0 or one.place = (${first(sql`first.user_id = one.user_id and first.sink = one.sink`)}))
      and (one.batch_id is null or one.place = (${first(sql`first.batch_id = one.batch_id`)}))
    order by one.next_at, one.place limit ${most}::int
    for update skip locked
  ) as head`

/**
 * The first rows of the users of these events, and these events where they are nobody's. An untried row is due at once: the clock of
 * the isolate that recorded it may be ahead of ours. What was sent in a batch waits for the sweep, which sends the whole of it again.
 */
const headsOf = ({ sinks, eventIds = [] }: LeaseRequest, at: SQL): SQL => {
  const due = sql`(one.attempts = 0 or one.next_at <= ${at}) and one.batch_id is null
    and (one.leased_until is null or one.leased_until <= ${at})`
  return sql`
    select head.* from unnest(${textArray(sinks)}) as wanted (sink), (select distinct user_id from (${usersOf(eventIds)}) as all_of) as line,
      lateral (
        select ${COLUMNS} from outbox as one
        where one.user_id = line.user_id and one.sink = wanted.sink and one.state = 'waiting' and ${due}
          and one.place = (${first(sql`first.user_id = line.user_id and first.sink = wanted.sink`)})
        for update skip locked
      ) as head
    union all
    select head.* from (
      select ${COLUMNS} from outbox as one
      where one.event_id = any(${textArray(eventIds)}) and one.sink = any(${textArray(sinks)}) and one.user_id = 0
        and one.state = 'waiting' and ${due}
      for update skip locked
    ) as head`
}

/** They are not locked here: whoever holds the first row of a line or of a batch is the only one who takes the others. */
const ALONG = {
  run: ({ most }: LeaseRequest, at: SQL) => sql`
    select next.event_id, next.sink, next.deliver_before, next.attempts, false as tried
    from chosen, lateral (
      select behind.*, bool_and(behind.free) over (order by behind.place) as open from (
        select one.event_id, one.sink, one.place, one.deliver_before, one.attempts,
          (one.leased_until is null or one.leased_until <= ${at}) and (one.deliver_before is null or one.deliver_before > ${at}) as free
        from outbox as one
        where one.user_id = chosen.user_id and one.sink = chosen.sink and one.state = 'waiting' and one.place > chosen.place
        order by one.place limit (select (${most}::int - count(*)) / count(*) from chosen)
      ) as behind
    ) as next where chosen.user_id <> 0 and next.open`,
  batch: (_: LeaseRequest, __: SQL) => sql`
    select one.event_id, one.sink, one.deliver_before, one.attempts, true as tried
    from chosen, outbox as one
    where one.batch_id = chosen.batch_id and one.state = 'waiting' and one.place > chosen.place`,
}

export function leasing(db: Client, wanted: LeaseRequest) {
  const { maxTries, now, until, eventIds, along, named = [], batchId = null } = wanted
  const at = sql`${now.toISOString()}::timestamptz`
  const goingAlong = along ? sql` union all ${ALONG[along](wanted, at)}` : sql``
  return db.execute<LeasedRow>(sql`
    with heads as materialized (${eventIds ? headsOf(wanted, at) : dueHeads(wanted, at)}),
    chosen as materialized (
      select * from (
        select *, first_value(batch_id) over (partition by sink order by next_at, place) as batch from heads
      ) as head where batch_id is not distinct from batch
    ), due as (
      select event_id, sink, tried, case
          when deliver_before <= ${at} then 'expired'
          when tried and attempts >= ${maxTries}::int and sink <> 'sessions' then 'dead'
          else 'waiting' end as fate
      from (select event_id, sink, deliver_before, attempts, true as tried from chosen${goingAlong}) as one
    )
    update outbox as taken set
      state = due.fate,
      attempts = case when due.fate = 'waiting' and due.tried then taken.attempts + 1 else taken.attempts end,
      batch_id = case
        when taken.batch_id is not null or taken.sink <> all(${textArray(named)}) then taken.batch_id
        when (select count(*) from chosen) > 1 then coalesce(${batchId}, taken.event_id)
        else taken.event_id end,
      leased_until = case when due.fate = 'waiting' then ${until.toISOString()}::timestamptz end,
      settled_at = case when due.fate <> 'waiting' then ${at} end,
      sealed = case when due.fate <> 'expired' then taken.sealed end,
      payload = case due.fate when 'expired' then ${erased('taken')} else taken.payload end,
      last_error = case due.fate when 'dead' then coalesce(taken.last_error, 'no verdict') else taken.last_error end
    from due
    where taken.event_id = due.event_id and taken.sink = due.sink and taken.settled_at is null
      and (taken.leased_until is null or taken.leased_until <= ${at})
    returning taken.event_id, taken.sink, taken.user_id, taken.place, taken.seq, taken.type, taken.payload, taken.sealed,
      taken.created_at::text, taken.deliver_before::text, taken.attempts, taken.batch_id, taken.state`)
}

export const leasedRows = (rows: LeasedRow[]): Leased[] =>
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
  batchId: row.batch_id,
})

export const textArray = (texts: readonly string[]) =>
  sql`array(select jsonb_array_elements_text(${JSON.stringify(texts)}::jsonb))`
