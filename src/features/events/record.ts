import { type SQL, sql } from 'drizzle-orm'
import type { WithSubquery } from 'drizzle-orm/subquery'
import { newId } from '../../crypto/bytes.ts'
import type { Client } from '../../db/database.ts'
import { lineOf, MAIL } from '../events/lines.ts'
import { isPublisher, kindOf, type SinksOn, sinksWanting } from './catalogue.ts'
import type { NewEvent, Payload } from './types.ts'

type Happening = {
  /** All of one user. */
  events: readonly [NewEvent, ...NewEvent[]]
  at: Date
  /** The CTE that makes the change, by its name: where it changes nothing, nothing is recorded. SQL in events may read it. */
  change?: string
}

export type Recording = {
  /** The events to deliver after the answer; empty if no sink wants them. */
  eventIds: string[]
  /** To follow the CTEs of a statement in SQL; it begins with a comma, where there is anything. */
  ctes: SQL
  /** The same for a statement that drizzle builds. */
  withs: (db: Client) => WithSubquery[]
  /** The same as a statement of its own, for a batch. */
  statement: (db: Client) => ReturnType<Client['execute']>
}

/** Builds SQL that records events in the same statement as their change, so neither exists without the other. */
export function recording(sinksOn: SinksOn, { events, at, change = 'happened' }: Happening): Recording {
  const rows = rowsOf(sinksOn, events)
  const source = sql.identifier(change)
  const parts = rows.length > 0 ? [counting(events[0].userId, rows, source), inserting(rows, source, at)] : []
  const [counted, recorded] = parts
  const ctes = counted && recorded ? sql`, counted as (${counted}), recorded as (${recorded})` : sql``
  return {
    eventIds: [...new Set(rows.map(({ eventId }) => eventId))],
    ctes,
    withs: (db) =>
      counted && recorded ? [db.$with('counted', {}).as(counted), db.$with('recorded', {}).as(recorded)] : [],
    statement: (db) => db.execute(sql`with happened as (select 1 as once)${ctes} select once from happened`),
  }
}

type Name = ReturnType<typeof sql.identifier>

type Row = {
  eventId: string
  sink: string
  event: NewEvent
  payload: Payload | SQL
  published: boolean
  nth: number
}

function rowsOf(sinksOn: SinksOn, events: readonly NewEvent[]): Row[] {
  let nth = 0
  return events.flatMap((event) => {
    const { type, payload, payloads = {}, eventId = newId() } = event
    const wanting = event.sinks ?? sinksWanting(type, sinksOn)
    const sinks = sinksOn.names.filter((sink) => wanting.includes(sink) || payloads[sink] !== undefined)
    const published = sinks.some(isPublisher)
    if (published) nth += 1
    return sinks.map((sink) => ({
      ...{ eventId, sink: lineOf(sink, event), event, payload: payloads[sink] ?? payload },
      ...{ published, nth },
    }))
  })
}

const publishedIn = (rows: readonly Row[]) => rows.reduce((most, { nth }) => Math.max(most, nth), 0)

/** The lock on this row puts concurrent changes of one user in order. */
const counting = (
  userId: NewEvent['userId'],
  rows: readonly Row[],
  source: SQL | SQL.Aliased | ReturnType<typeof sql.identifier>,
) => sql`
  insert into event_counters as counter (user_id, seq)
  select ${userId}::bigint, ${publishedIn(rows)}::bigint from ${source}
  on conflict (user_id) do update set seq = counter.seq + excluded.seq
  returning user_id, seq`

function inserting(rows: readonly Row[], source: Name, at: Date): SQL {
  const now = at.toISOString()
  const behind = publishedIn(rows)
  const values = rows.map(({ eventId, sink, event, payload, nth }, order) => {
    const { type } = event
    const { sealed = null, deliverBefore } = kindOf(sink) === MAIL ? event : {}
    return sql`(${order}::int, ${eventId}::text, ${sink}::text, ${behind - nth}::int, ${type}::text, ${jsonb(payload)},
      ${sealed}::text, ${deliverBefore?.toISOString() ?? null}::timestamptz)`
  })
  return sql`
    insert into outbox (event_id, sink, user_id, seq, type, payload, sealed, created_at, deliver_before, next_at)
    select made.event_id, made.sink, counted.user_id, counted.seq - made.behind, made.type, made.payload, made.sealed,
      ${now}::timestamptz, made.deliver_before, ${now}::timestamptz
    from ${source}, counted, lateral (values ${sql.join(values, sql`, `)})
      as made (place, event_id, sink, behind, type, payload, sealed, deliver_before)
    order by made.place`
}

const isSql = (payload: Payload | SQL): payload is SQL => 'getSQL' in payload

const jsonb = (payload: Payload | SQL) => (isSql(payload) ? payload : sql`${JSON.stringify(payload)}::jsonb`)
