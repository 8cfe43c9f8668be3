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

/** What an operator chooses; everything else follows from it. */
export type ChosenLimits = {
  /** Wrong passwords on a way that belongs to one account. */
  narrow: Budget
  device: Budget
  address: Budget
  account: Required<Budget>
  networks: GuardLimits['networks']
}

/** Longer than any log-in takes, hashing and waiting included. */
const PENDING_SECONDS = 30

export function limitsFrom({ narrow, device, address, account, networks }: ChosenLimits): GuardLimits {
  const wider = (times: number) => ({ ...address, limit: address.limit * times })
  return {
    pair: narrow,
    address,
    prefix56: wider(2),
    prefix48: wider(8),
    identifier: account,
    knownNetwork: narrow,
    device,
    session: narrow,
    networks,
    pendingSeconds: PENDING_SECONDS,
  }
}
