import type { Deps } from '../platform/deps.ts'
import { log } from '../platform/log.ts'
import { backoffMs } from './backoff.ts'
import { eachOf } from './beside.ts'
import { claim, type Settlement, settle } from './outbox-store.ts'
import { type OutboxRow, PATIENCE_MS, type Sink, type Verdict } from './types.ts'

/** Longer than a delivery may take, and short enough for the next sweep to find what a dead isolate held. */
const LEASE_MS = 50_000
const ROWS_AT_ONCE = 50
/** Time enough for a sink that keeps to `PATIENCE_MS` to say so itself. */
const NO_VERDICT_AFTER_MS = PATIENCE_MS + 2_000

export type Delivering = Pick<Deps, 'db' | 'config' | 'now'>

type Round = {
  sinks: readonly Sink[]
  /** How many of them may work beside each other. */
  atOnce: number
  eventIds?: readonly string[]
}

/** `claimed`: how many rows were due; `delivered`: how many of them arrived. */
export type Brought = { claimed: number; delivered: number }

/** Claims what is due, hands each sink its own, and settles all of it in one statement. */
export async function deliverRound({ db, config, now }: Delivering, round: Round): Promise<Brought> {
  const { maxTries } = config.events
  const { sinks, atOnce, eventIds } = round
  const started = now()
  const until = new Date(started.getTime() + LEASE_MS)
  const names = sinks.map(({ name }) => name)
  const client = await db()
  const { rows, claimed } = await claim(client, {
    sinks: names,
    most: ROWS_AT_ONCE,
    maxTries,
    now: started,
    until,
    eventIds,
  })
  const attempted: Attempted[] = []
  await eachOf(sinks, atOnce, async (sink) => void attempted.push(...(await attempt(sink, rows))))
  const settledAt = now()
  const settlements = attempted.map(({ row, verdict }) => settlementOf(row, verdict, { maxTries, now: settledAt }))
  if (settlements.length > 0) await settle(client, settlements, { now: settledAt, until })
  return { claimed, delivered: attempted.filter(({ verdict }) => verdict.ok).length }
}

/** The platform opens six connections at once for one request; here each sink has one row of an event, and needs one. */
const CONNECTIONS = 6

/** Right after the answer: what it has just brought about, where nothing earlier stands in its way. */
export async function deliver(
  deps: Delivering & Pick<Deps, 'sinks'>,
  { eventIds }: { eventIds: readonly string[] },
): Promise<void> {
  const round = { sinks: deps.sinks(), atOnce: CONNECTIONS, eventIds }
  for (let left = eventIds.length; left > 0; left -= 1) {
    if ((await deliverRound(deps, round)).claimed === 0) return
  }
}

type Attempted = { row: OutboxRow; verdict: Verdict }

/** What a sink has said nothing of stays claimed until its lease runs out: it may still arrive. */
async function attempt(sink: Sink, claimed: readonly OutboxRow[]): Promise<Attempted[]> {
  const rows = claimed.filter((row) => row.sink === sink.name)
  if (rows.length === 0) return []
  const verdicts = await inTime(handOver(sink, rows))
  return rows.flatMap((row, at) => {
    const verdict = verdicts[at]
    return verdict ? [{ row, verdict }] : []
  })
}

async function handOver(sink: Sink, rows: OutboxRow[]): Promise<Verdict[]> {
  try {
    return await sink.deliver(rows)
  } catch (error) {
    const reason = error instanceof Error ? error.name : typeof error
    log.warn({ code: 'sink_failed', sink: sink.name, reason })
    return rows.map(() => ({ ok: false, reason }))
  }
}

function inTime(verdicts: Promise<Verdict[]>): Promise<Verdict[]> {
  const { promise: late, resolve } = Promise.withResolvers<Verdict[]>()
  const timer = setTimeout(() => resolve([]), NO_VERDICT_AFTER_MS)
  return Promise.race([verdicts, late]).finally(() => clearTimeout(timer))
}

function settlementOf(
  row: OutboxRow,
  verdict: Verdict,
  { maxTries, now }: { maxTries: number; now: Date },
): Settlement {
  const { eventId, sink, attempts } = row
  if (verdict.ok) return { eventId, sink, state: 'delivered', reason: null, nextAt: null }
  const { reason, final } = verdict
  // A revocation is tried for ever: giving it up would leave somebody in who was thrown out.
  const over = sink !== 'sessions' && (final || attempts >= maxTries)
  if (over) return { eventId, sink, state: 'dead', reason, nextAt: null }
  const nextAt = new Date(now.getTime() + backoffMs(sink, attempts, Math.random()))
  return { eventId, sink, state: 'waiting', reason, nextAt }
}
