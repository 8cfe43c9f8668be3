import type { GuardCall } from './calls.ts'
import { type GuardDeps, type Held, hold, holding, release } from './reservation.ts'

/** Makes the calls in order. If one is refused, releases the earlier reservations and returns null. `reservation` is as for `hold`. */
export async function holdInOrder(
  guard: GuardDeps,
  calls: readonly GuardCall[],
  reservation?: string,
): Promise<Held[] | null> {
  const held: Held[] = []
  for (const call of calls) {
    const one = await holding(held, () => hold(guard, call, reservation))
    if (!one.granted) {
      await release(held)
      return null
    }
    held.push(one)
  }
  return held
}
