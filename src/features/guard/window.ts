import type { Budget } from './limits.ts'
import type { Refused } from './messages.ts'

/** The use of one budget: the times of its failures, ascending, and the number of pending attempts. */
export type Spent = { failures: readonly number[]; pending: number }

const BUSY: Refused = { granted: false, retryAfter: 1, pending: true }

/** Null when one more attempt fits. A pending attempt counts as a failure, but begins no block. */
export function refusal({ failures, pending }: Spent, budget: Budget, now: number): Refused | null {
  const count = recent(failures, budget, now).length
  const opensAt = budget.throttle
    ? nextTurn(count, failures, budget.limit, budget.throttle)
    : closedUntil(failures, budget)
  if (opensAt > now) return { granted: false, retryAfter: Math.ceil((opensAt - now) / 1000), pending: false }
  if (count + pending < budget.limit) return null
  return budget.throttle && pending === 0 ? null : BUSY
}

/** Beyond the limit there is one attempt at a time; each waits twice as long as the one before. */
function nextTurn(
  count: number,
  failures: readonly number[],
  limit: number,
  throttle: NonNullable<Budget['throttle']>,
): number {
  if (count < limit) return 0
  const wait = Math.min(throttle.everySeconds * 2 ** (count - limit), throttle.atMostSeconds)
  return (failures.at(-1) ?? 0) + wait * 1000
}

/** The end of the block that the failures cause. Computed each time, so a late release of a failure also lifts the block. */
function closedUntil(failures: readonly number[], { limit, seconds }: Budget): number {
  const last = failures.findLastIndex((at, index) => {
    const first = failures[index - limit + 1]
    return first !== undefined && first > at - seconds * 1000
  })
  const at = failures[last]
  return at === undefined ? 0 : at + seconds * 1000
}

/** The end of the block that the failure at `at` begins; null if it begins none. */
export function blockBegunAt(at: number, failures: readonly number[], budget: Budget): number | null {
  if (recent(failures, budget, at).length !== budget.limit) return null
  return at + (budget.throttle?.everySeconds ?? budget.seconds) * 1000
}

/** A block lasts as long as its window, so failures are kept for twice that time. */
export const forgottenAt = (at: number, budget: Budget) => at + budget.seconds * 1000 * (budget.throttle ? 1 : 2)

const recent = (failures: readonly number[], { seconds }: Budget, now: number) =>
  failures.filter((at) => at > now - seconds * 1000)
