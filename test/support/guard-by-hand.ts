import type { Budget } from '../../src/features/guard/limits.ts'
import type { Charge, LoginBlocked, Outcome, Reserved } from '../../src/features/guard/messages.ts'
import { advance, emptyState, type GuardState, remember, reserve, settle } from '../../src/features/guard/state.ts'
import { DEFAULT_LIMITS } from './guard-limits.ts'

export const PAIR: Budget = { limit: 3, seconds: 60 }
export const ADDRESS: Budget = { limit: 6, seconds: 120 }
export const PENDING = 10
export const START = 1_750_000_000_000

export const pair = (key: string): Charge => ({ name: 'pair', key, budget: PAIR })
export const address: Charge = { name: 'address', key: 'here', budget: ADDRESS }

/** One object, played by hand: every message at the time that the test says. */
export function played(start = emptyState()) {
  let state = start
  let count = 0
  const events: LoginBlocked[] = []
  const apply = <S extends { state: GuardState; events: LoginBlocked[] }>(step: S) => {
    state = step.state
    events.push(...step.events)
    return step
  }
  return {
    events,
    state: () => state,
    ask: (at: number, claims: Charge[], id = `r${++count}`, network?: string): Reserved & { id: string } => {
      const known = network ? { network: { key: network, budget: DEFAULT_LIMITS.networkDay } } : {}
      const { answer } = apply(reserve(state, { reservation: id, claims, pendingSeconds: PENDING, ...known }, at))
      return { ...answer, id }
    },
    settle: (at: number, reservation: string, outcome: Outcome) => apply(settle(state, { reservation, outcome }, at)),
    remember: (at: number, network: string) => apply(remember(state, { network, days: 30, most: 10 }, at)),
    wait: (at: number) => apply(advance(state, at)),
  }
}
