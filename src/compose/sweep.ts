import { nextDue } from '../features/events/outbox-status.ts'
import { sweepOutbox } from '../features/events/sweep.ts'
import type { Deps } from '../kernel/deps.ts'
import { FEATURES } from './features.ts'

/** What no answer could deliver, and then what nobody needs any more. */
export async function sweep(deps: Deps): Promise<void> {
  await sweepOutbox(deps)
  for (const { tidy } of FEATURES) await tidy?.(deps)
}

/** The same. Returns when something is due next; null where nothing waits. */
export async function sweepAndLook(deps: Deps): Promise<number | null> {
  await sweep(deps)
  return nextDue(await deps.db(), deps.sinksOn.names)
}

/** The net: what waits though nobody marked it is marked, so that it is swept until nothing waits. */
export async function sweepOfTheDay(deps: Deps): Promise<void> {
  if ((await sweepAndLook(deps)) !== null) await deps.mark()
}
