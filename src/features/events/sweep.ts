import type { Deps } from '../../kernel/deps.ts'
import { forEachConcurrently } from './concurrently.ts'
import { type Delivering, deliverRound, mostOf } from './deliver.ts'
import { type Means, means } from './means.ts'
import { tidy } from './outbox-store.ts'
import type { Sink } from './types.ts'

/** No round begins later, so that a sweep ends before the next one. */
const ROUNDS_FOR_MS = 25_000
/** After a round as long as this without a delivery, the sink rests until the next sweep. */
const HANGING_MS = 5_000
const DAY_MS = 86_400_000

/** How long an object drains one sink before it takes a new breath: an alarm has 15 minutes. */
const DRAINS_FOR_MS = 600_000
/** So many connections are kept for sinks that have none yet. */
const SPARE = 2

export type Sweeping = Delivering & Pick<Deps, 'sinks' | 'drain'>

declare module '../../kernel/deps.ts' {
  interface Deps {
    /** Rows may wait from now on, and for a minute. To be awaited before they are recorded, and begun as early as may be. */
    mark: () => Promise<void>
    /** Has an object drain this sink, beside the objects of other numbers. False where it could not be reached. */
    drain: (sink: string, nth: number) => Promise<boolean>
  }
}

/** Delivers the rows that requests left. Sinks run independently, so a failing sink holds up no other. */
export async function sweepOutbox(deps: Sweeping): Promise<void> {
  const shared = means({ spare: SPARE })
  const sinks = deps.sinks()
  await forEachConcurrently(sinks, sinks.length, async (sink) => {
    const handOn = async () => (sink.drains ? deps.drain(sink.name, 0) : false)
    await work(deps, sink, { means: shared, forMs: ROUNDS_FOR_MS, full: handOn })
  })
}

/** The alarm of an object that works for one sink alone. True: more of it waits. */
export async function drainSink(deps: Sweeping, { sink: name, nth }: { sink: string; nth: number }): Promise<boolean> {
  const sink = deps.sinks().find((one) => one.name === name)
  if (!sink) return false
  const beside = async () => {
    if (nth + 1 < (sink.drains ?? 0)) await deps.drain(name, nth + 1)
    return false
  }
  return work(deps, sink, { means: means(), forMs: DRAINS_FOR_MS, full: beside })
}

export async function tidyOutbox({ db, config, now, sinksOn }: Delivering & Pick<Deps, 'sinksOn'>): Promise<void> {
  const keptSince = new Date(now().getTime() - config.events.retentionDays * DAY_MS)
  await tidy(await db(), { now: now(), keptSince, sinksOn: sinksOn.names })
}

type Working = {
  means: Means
  forMs: number
  /** After the first full round. True: others go on with it. */
  full: () => Promise<boolean>
}

/** Round after round, until nothing is due, the sink hangs, others go on, or the time is over: then true. */
async function work(deps: Delivering, sink: Sink, { means, forMs, full }: Working): Promise<boolean> {
  const started = deps.now().getTime()
  for (let at = started, told = false; at - started < forMs; ) {
    const { leased, delivered } = await deliverRound(deps, { sinks: [sink], means })
    const ended = deps.now().getTime()
    if (leased === 0 || (delivered === 0 && ended - at > HANGING_MS)) return false
    at = ended
    if (told || leased < mostOf(sink)) continue
    told = true
    if (await full()) return false
  }
  return true
}
