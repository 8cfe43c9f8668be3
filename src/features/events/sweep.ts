import type { Deps } from '../../kernel/deps.ts'
import { forEachConcurrently } from './concurrently.ts'
import { type Delivering, deliverRound } from './deliver.ts'
import { tidy } from './outbox-store.ts'
import type { Sink } from './types.ts'

/** No round begins later, so that a sweep ends before the next one. */
const ROUNDS_FOR_MS = 25_000
/** After a round as long as this without a delivery, the sink rests until the next sweep. */
const HANGING_MS = 5_000
/** Six connections may be open at once, and a sink with many rows opens two. */
const SINKS_AT_ONCE = 3
const DAY_MS = 86_400_000

/** Delivers the rows that requests left. Sinks run independently, so a failing sink holds up no other. */
export async function sweepOutbox(deps: Delivering & Pick<Deps, 'sinks'>): Promise<void> {
  const started = deps.now().getTime()
  await forEachConcurrently(deps.sinks(), SINKS_AT_ONCE, (sink) => drain(deps, sink, started))
}

export async function tidyOutbox({ db, config, now, sinksOn }: Delivering & Pick<Deps, 'sinksOn'>): Promise<void> {
  const keptSince = new Date(now().getTime() - config.events.retentionDays * DAY_MS)
  await tidy(await db(), { now: now(), keptSince, sinksOn: sinksOn.names })
}

async function drain(deps: Delivering, sink: Sink, started: number): Promise<void> {
  for (let at = started; at - started < ROUNDS_FOR_MS; ) {
    const { leased, delivered } = await deliverRound(deps, { sinks: [sink], concurrency: 1 })
    const ended = deps.now().getTime()
    if (leased === 0 || (delivered === 0 && ended - at > HANGING_MS)) return
    at = ended
  }
}
