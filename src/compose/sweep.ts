import { sweepOutbox } from '../features/events/sweep.ts'
import type { Deps } from '../kernel/deps.ts'
import { FEATURES } from './features.ts'

/** Once a minute: what no answer could deliver, and then what nobody needs any more. */
export async function sweep(deps: Deps): Promise<void> {
  await sweepOutbox(deps)
  for (const { tidy } of FEATURES) await tidy?.(deps)
}
