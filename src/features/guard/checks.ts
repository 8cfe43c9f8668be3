import type { Check, Refused } from './messages.ts'

/** One check of a password: when it was asked for, by which reservation, and how long it counts. */
type Counted = { reservation: string; at: number; until: number }

/**
 * Recent checks of passwords, by the key of an address or an account. They bound the hashes that callers with a right password
 * can cause, and nothing else. So they live in memory and cost no row. An object that is idle for a minute may forget them, which
 * is safe: then there is no load.
 */
export type Checks = ReadonlyMap<string, readonly Counted[]>

export function refusalOfCheck(checks: Checks, check: Check, now: number): Refused | null {
  const { limit, seconds } = check.rate
  const oldest = recent(checks, check, now).at(-limit)
  if (!oldest) return null
  return { granted: false, retryAfter: Math.ceil((oldest.at + seconds * 1000 - now) / 1000), pending: false }
}

type Made = Pick<Counted, 'reservation' | 'at'>

/** A message that is delivered twice counts once. Expired entries are dropped here, since a /48 has more keys than memory. */
export function withChecks(checks: Checks, asked: readonly Check[], { reservation, at }: Made): Checks {
  if (asked.length === 0) return checks
  const next = new Map([...checks].filter(([, counted]) => counted.some(({ until }) => until > at)))
  for (const check of asked) {
    const others = recent(checks, check, at).filter((one) => one.reservation !== reservation)
    next.set(check.key, [...others, { reservation, at, until: at + check.rate.seconds * 1000 }])
  }
  return next
}

/** For an attempt that was reserved and never checked. */
export const withoutCheck = (checks: Checks, reservation: string): Checks =>
  new Map([...checks].map(([key, counted]) => [key, counted.filter((one) => one.reservation !== reservation)]))

const recent = (checks: Checks, { key, rate }: Check, now: number) =>
  (checks.get(key) ?? []).filter(({ at }) => at > now - rate.seconds * 1000)
