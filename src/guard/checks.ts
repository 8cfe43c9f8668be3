import type { Check, Refused } from './messages.ts'

/** One check of a password: when it was asked for, and by which reservation. */
type Counted = { reservation: string; at: number }

/**
 * How often passwords were checked lately, by the key of an address or an account. It bounds what a crowd that knows its
 * password may have computed, and nothing else hangs on it. So it lives in memory alone and costs no row: an object forgets it
 * when it has been idle for a minute or more, and then there is no crowd.
 */
export type Checks = ReadonlyMap<string, readonly Counted[]>

export function refusalOfCheck(checks: Checks, check: Check, now: number): Refused | null {
  const { limit, seconds } = check.rate
  const oldest = recent(checks, check, now).at(-limit)
  if (!oldest) return null
  return { granted: false, retryAfter: Math.ceil((oldest.at + seconds * 1000 - now) / 1000), pending: false }
}

/** A message that is delivered twice counts once. */
export function withChecks(checks: Checks, asked: readonly Check[], { reservation, at }: Counted): Checks {
  const next = new Map(checks)
  for (const check of asked) {
    const others = recent(checks, check, at).filter((one) => one.reservation !== reservation)
    next.set(check.key, [...others, { reservation, at }])
  }
  return next
}

/** For what was reserved and never checked. */
export const withoutCheck = (checks: Checks, reservation: string): Checks =>
  new Map([...checks].map(([key, counted]) => [key, counted.filter((one) => one.reservation !== reservation)]))

const recent = (checks: Checks, { key, rate }: Check, now: number) =>
  (checks.get(key) ?? []).filter(({ at }) => at > now - rate.seconds * 1000)
