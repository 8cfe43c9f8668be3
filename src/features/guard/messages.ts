import type { Budget, BudgetName, Rate } from './limits.ts'

/** What an attempt takes from one budget. `key` is a pseudonym: a guard never sees an address or an identifier. */
export type Charge = { name: BudgetName; key: string; budget: Budget }

/** How often passwords are checked for one address or account, right or wrong. */
export type Check = { key: string; rate: Rate }

/** `reservation` is chosen by the caller, so a message that the platform delivers twice reserves once. */
export type Reserve = {
  reservation: string
  /** The charges. Objects and rows of the first version know them by this name. */
  claims: Charge[]
  /** Takes the place of the charge on `identifier` where this network is remembered. */
  network?: { key: string; budget: Budget }
  checks?: Check[]
  pendingSeconds: number
}

export type Refused = { granted: false; retryAfter: number; pending: boolean }
export type Reserved = { granted: true; reservation: string } | Refused

/** A network of a successful log-in, the days to remember it, and the greatest number of networks to remember. */
export type Remember = { network: string; days: number; most: number }

/**
 * `wrong` counts as a failure. `void` removes the attempt. `right` counts in budgets of successes, clears the budgets that a
 * right password clears, and removes the attempt from all others.
 */
export type Outcome = 'right' | 'wrong' | 'void'
export type Settle = { reservation: string; outcome: Outcome; remember?: Remember }

/** A block began. Recorded once, when the last permitted failure is settled. */
type Begun = { budget: BudgetName; key: string; at: number; until: number }
export type LoginBlocked = Begun & ({ event: 'login_blocked' } | { event: 'reset_alarm'; wrong: number })

/** What `LoginGuard` offers; each call to the platform takes a new stub. */
export type Guard = {
  reserve(message: Reserve): Promise<Reserved>
  settle(message: Settle): Promise<void>
  remember(message: Remember): Promise<void>
}
