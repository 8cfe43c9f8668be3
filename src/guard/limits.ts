/**
 * `limit` failures within `seconds` close the way for `seconds`; with a `throttle`, one attempt at a time
 * stays possible, each after twice the wait of the one before.
 */
export type Budget = {
  limit: number
  seconds: number
  throttle?: { everySeconds: number; atMostSeconds: number }
}

/** Every budget by its name, and whether the right password clears it: whoever knows it is not the one guessing. */
export const BUDGETS = {
  /** One identifier from one address. */
  pair: { clearedByRight: true },
  /** All identifiers from one IPv4 address or IPv6 /64. */
  address: { clearedByRight: false },
  prefix56: { clearedByRight: false },
  prefix48: { clearedByRight: false },
  /** One identifier from all addresses. */
  identifier: { clearedByRight: false },
  /** One identifier from a network where it lately got in; stands in place of `identifier`. */
  knownNetwork: { clearedByRight: true },
  /** One device that got in before; stands in place of all others. */
  device: { clearedByRight: true },
  /** One session, for those who are signed in and asked for their password again. */
  session: { clearedByRight: true },
} as const

export type BudgetName = keyof typeof BUDGETS

export type GuardLimits = Record<BudgetName, Budget> & {
  /** How many networks an identifier remembers, and for how long. */
  networks: { most: number; days: number }
  /** An attempt that nobody settles (a crash) counts as wrong after this. */
  pendingSeconds: number
}

const MINUTES = 60
const HOURS = 60 * MINUTES

export const DEFAULT_LIMITS: GuardLimits = {
  pair: { limit: 5, seconds: 300 },
  address: { limit: 100, seconds: 15 * MINUTES },
  prefix56: { limit: 200, seconds: 15 * MINUTES },
  prefix48: { limit: 800, seconds: 15 * MINUTES },
  identifier: { limit: 50, seconds: 24 * HOURS, throttle: { everySeconds: 30, atMostSeconds: 15 * MINUTES } },
  knownNetwork: { limit: 5, seconds: 300 },
  device: { limit: 5, seconds: 300 },
  session: { limit: 5, seconds: 300 },
  networks: { most: 10, days: 30 },
  pendingSeconds: 30,
}
