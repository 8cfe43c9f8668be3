import { newId } from '../../crypto/bytes.ts'
import type { Deps } from '../../kernel/deps.ts'
import { log } from '../../kernel/log.ts'
import { backoffMs } from './backoff.ts'
import { batcher } from './batcher.ts'
import { forEachConcurrently } from './concurrently.ts'
import { type Means, means as meansOf } from './means.ts'
import { type Leased, lease } from './outbox-leases.ts'
import { type Settlement, settle, settleAndLease } from './outbox-settling.ts'
import { type Given, type OutboxRow, PATIENCE_MS, type Sink, type Verdict } from './types.ts'

/** Longer than any delivery, and short enough for the next sweep to find the rows of a dead isolate. */
const LEASE_MS = 50_000
const ROWS_AT_ONCE = 50
/** Later than `PATIENCE_MS`, so that the sink can report its own time-out. */
const NO_VERDICT_AFTER_MS = PATIENCE_MS + 2_000

export const mostOf = ({ most = ROWS_AT_ONCE }: Sink): number => most

export type Delivering = Pick<Deps, 'db' | 'config' | 'now'>

type Round = { sinks: readonly Sink[]; means?: Means } & (
  | { eventIds?: undefined }
  | {
      /** Only these events, and what else of their users waits before or behind them. */
      eventIds: readonly string[]
      /** Whether a sink that has settled this many times gets the next rows. */
      goesOn: (times: number) => boolean
    }
)

/** `leased`: how many rows were due; `delivered`: how many of them arrived. */
export type RoundResult = { leased: number; delivered: number }

/** Most sinks answer within this time of each other. */
const BATCH_WITHIN_MS = 500

/** Leases the rows that are due, hands each sink its own and settles them. Sinks that answer together are settled in one statement. */
export async function deliverRound({ db, config, now }: Delivering, round: Round): Promise<RoundResult> {
  const { maxTries } = config.events
  const { sinks, means = meansOf(), eventIds } = round
  const client = await db()
  const result = { leased: 0, delivered: 0 }
  const named = sinks.filter(({ along }) => along === 'batch').map(({ name }) => name)
  const leaseTerms = () => {
    const at = now()
    return { maxTries, most: ROWS_AT_ONCE, named, now: at, until: new Date(at.getTime() + LEASE_MS) }
  }
  const took = (rows: Leased[], until: Date) => {
    result.leased += rows.length
    return { rows, until }
  }
  const settled = (settlements: Settlement[], at: Date) =>
    settlements.length > 0 ? means.connected(() => settle(client, settlements, at)) : undefined

  async function settleAll(answers: Answer[]) {
    const terms = leaseTerms()
    const all = answers.flatMap(({ attempted, until }) =>
      attempted.map(({ row, verdict }) => settlementOf(row, verdict, { ...terms, until })),
    )
    const next = answers.filter(({ goesOn }) => goesOn).map(({ sink }) => sink)
    if (eventIds && next.length > 0) {
      const more = { ...terms, sinks: next, eventIds }
      return took(await means.connected(() => settleAndLease(client, all, more)), terms.until)
    }
    await settled(all, terms.now)
    return took([], terms.until)
  }

  const first = leaseTerms()
  const names = sinks.map(({ name }) => name)
  const begun = took(
    await means.connected(() =>
      lease(client, { ...first, sinks: names, eventIds, ...(eventIds ? {} : alongOf(sinks)) }),
    ),
    first.until,
  )
  const batch = batcher(settleAll, BATCH_WITHIN_MS)
  const wanted = sinks.filter((sink) => isAmong(begun.rows, sink))
  await forEachConcurrently(wanted, wanted.length, async (sink) => {
    batch.start()
    try {
      for (let held = begun, times = 1; isAmong(held.rows, sink); times += 1) {
        const settleEarly: Given['settleEarly'] = async (rows, verdicts) => {
          const terms = { ...leaseTerms(), until: held.until }
          await settled(
            attemptedOf(rows, verdicts).map(({ row, verdict }) => settlementOf(row, verdict, terms)),
            terms.now,
          )
        }
        const attempted = await attempt(sink, held.rows, { ...means, settleEarly })
        result.delivered += attempted.filter(({ verdict }) => verdict.ok).length
        const goesOn = round.eventIds !== undefined && round.goesOn(times)
        held = await batch.submit({ sink: sink.name, attempted, until: held.until, goesOn })
      }
    } finally {
      batch.stop()
    }
  })
  return result
}

/** A sweep asks for each sink by itself, so that each gets as many rows as it takes, and in its own way. */
const alongOf = ([sink, ...others]: readonly Sink[]) =>
  sink && others.length === 0 ? { most: mostOf(sink), along: sink.along, batchId: newId() } : {}

type Answer = { sink: string; attempted: Attempted[]; until: Date; goesOn: boolean }

const isAmong = (rows: readonly Leased[], { name }: Sink) => rows.some(({ sink }) => sink === name)

/** The platform ends all work 30 seconds after the answer, and a delivery that begins now may take most of them. */
const GOES_ON_FOR_MS = 5_000
/** The sweep delivers the rest: a request must not work off a backlog. */
const MOST_TIMES = 20

/**
 * Right after the answer: delivers its own events, and what else of the same user is due before or behind them. Concurrent requests
 * of the same user find the line leased and leave their rows to this loop.
 */
export async function deliver(
  deps: Delivering & Pick<Deps, 'sinks'>,
  { eventIds }: { eventIds: readonly string[] },
): Promise<void> {
  if (eventIds.length === 0) return
  const until = deps.now().getTime() + GOES_ON_FOR_MS
  const goesOn = (times: number) => times < MOST_TIMES && deps.now().getTime() < until
  await deliverRound(deps, { sinks: deps.sinks(), eventIds, goesOn })
}

type Attempted = { row: OutboxRow; verdict: Verdict }

/** A row without a verdict stays leased until its lease runs out, since it may still arrive. */
async function attempt(sink: Sink, leased: readonly Leased[], given: Given): Promise<Attempted[]> {
  const rows = leased.flatMap(({ row }) => (row?.sink === sink.name ? [row] : []))
  if (rows.length === 0) return []
  const verdicts = await inTime(handOver(sink, rows, given))
  const attempted = attemptedOf(rows, verdicts)
  return sink.along === 'run' ? inTheirOrder(attempted) : attempted
}

const attemptedOf = (rows: readonly OutboxRow[], verdicts: readonly Verdict[]): Attempted[] =>
  rows.flatMap((row, at) => {
    const verdict = verdicts[at]
    return verdict ? [{ row, verdict }] : []
  })

const BEHIND: Verdict = { ok: false, reason: 'came behind one that failed', behind: true }

/** Whoever heard of a later event of a user, and not of an earlier one, hears of the later one again. */
function inTheirOrder(attempted: readonly Attempted[]): Attempted[] {
  const stuck = new Set<number>()
  return attempted.map(({ row, verdict }) => {
    if (stuck.has(row.userId)) return { row, verdict: BEHIND }
    if (!verdict.ok && row.userId !== 0) stuck.add(row.userId)
    return { row, verdict }
  })
}

async function handOver(sink: Sink, rows: OutboxRow[], given: Given): Promise<Verdict[]> {
  try {
    return await (sink.wide ? sink.deliver(rows, given) : given.connected(() => sink.deliver(rows, given)))
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
  { eventId, sink, attempts }: OutboxRow,
  verdict: Verdict,
  { maxTries, now, until }: { maxTries: number; now: Date; until: Date },
): Settlement {
  const one = { eventId, sink, until, nextAt: null }
  if (verdict.ok) return { ...one, state: 'delivered', reason: null }
  const { reason, final, alone, behind } = verdict
  if (behind) return { ...one, state: 'waiting', reason }
  // A revocation is retried for ever: without it a revoked session would stay open.
  const over = sink !== 'sessions' && (final || attempts >= maxTries)
  if (over) return { ...one, state: 'dead', reason }
  return {
    ...one,
    state: 'waiting',
    reason,
    alone,
    nextAt: new Date(now.getTime() + backoffMs(sink, attempts, Math.random())),
  }
}
