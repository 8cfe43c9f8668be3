import { env } from 'cloudflare:workers'
import { parseConfig } from '../../src/compose/config.ts'
import { depsFrom } from '../../src/compose/deps.ts'
import { CATALOGUE } from '../../src/compose/features.ts'
import { sweep } from '../../src/compose/sweep.ts'
import { type Database, databaseAt } from '../../src/db/database.ts'
import { deliverRound } from '../../src/features/events/deliver.ts'
import { recording } from '../../src/features/events/record.ts'
import type { NewEvent, OutboxRow, Sink, Verdict } from '../../src/features/events/types.ts'
import { NOBODY } from '../../src/kernel/client.ts'
import { sql } from './rows.ts'

export const KAFKA = 'kafka-rest'
export const RABBIT = 'rabbitmq'
export const DELIVERED: Verdict = { ok: true }
export const FAILED: Verdict = { ok: false, reason: 'answered 500' }

/** A sink that remembers what it was given, in that order, and answers as it is told. */
export function fakeSink(name: string, answer: (row: OutboxRow) => Verdict | Promise<Verdict> = () => DELIVERED) {
  const got: OutboxRow[] = []
  const sink: Sink = {
    name,
    deliver: (rows) => {
      got.push(...rows)
      return Promise.all(rows.map(answer))
    },
  }
  return { ...sink, got, ids: () => got.map(({ eventId }) => eventId) }
}

/** What the outbox needs of the Worker, with sinks of the test's own. */
export function outboxWith(sinks: readonly Sink[], settings: Partial<Record<string, string>> = {}) {
  const config = parseConfig({ ...env, ...settings })
  const db = databaseAt(config)
  const sinksOn = sinksOnOf(sinks)
  const made = depsFrom({ ...env, ...settings }, { waitUntil: () => undefined }, { clientOf: () => NOBODY })
  const deps = {
    ...made,
    config,
    db,
    now: () => new Date(),
    sinks: () => [...sinks],
    sinksOn,
    drain: async () => false,
  }
  return {
    deps,
    record: (...events: [NewEvent, ...NewEvent[]]) => record(db, sinks, events),
    sweep: () => sweep(deps),
    round: () => deliverRound(deps, { sinks }),
  }
}

const sinksOnOf = (sinks: readonly Sink[]) => ({ names: sinks.map(({ name }) => name), catalogue: CATALOGUE })

async function record(db: Database, sinks: readonly Sink[], events: [NewEvent, ...NewEvent[]]) {
  const recorded = recording(sinksOnOf(sinks), { events, at: new Date() })
  await recorded.statement(await db())
  return recorded.eventIds
}

export const happened = (userId: number, more: Partial<NewEvent> = {}): NewEvent => ({
  type: 'password_changed',
  userId,
  payload: {},
  ...more,
})

export type Stored = {
  event_id: string
  sink: string
  user_id: string
  seq: string
  type: string
  payload: Record<string, unknown>
  sealed: string | null
  attempts: number
  state: string
  next_at: Date
  settled_at: Date | null
  leased_until: Date | null
  last_error: string | null
}

export const outboxRows = async () => (await sql()`select * from outbox order by place`) as Stored[]
export const states = async () => (await outboxRows()).map(({ sink, state }) => `${sink} ${state}`)

export const times = <T>(count: number, one: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, at) => one(at))
