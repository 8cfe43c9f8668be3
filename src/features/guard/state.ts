import { type Checks, refusalOfCheck, withChecks, withoutCheck } from './checks.ts'
import { BUDGETS } from './limits.ts'
import type { Charge, LoginBlocked, Refused, Remember, Reserve, Reserved, Settle } from './messages.ts'
import { blockBegunAt, forgottenAt, refusal } from './window.ts'

/**
 * A reservation, which is a failure until somebody says otherwise. `at` is when it lapses while it is pending, and
 * afterwards when it began to count. `lapsed` is a failure that nobody settled, so its settlement may still come. A newer program
 * may have left an `unknown` status, or charges on budgets that are unknown here: both are kept, and neither counts.
 */
export type Attempt = {
  id: string
  status: 'pending' | 'wrong' | 'lapsed' | 'unknown'
  reservedAt: number
  at: number
  charges: readonly Charge[]
}

export type GuardState = {
  attempts: ReadonlyMap<string, Attempt>
  /** Networks of successful log-ins, and the time until which each is remembered. */
  networks: ReadonlyMap<string, number>
  checks: Checks
  /** The latest time seen: time never runs backwards in here. */
  clock: number
}

export type Step = { state: GuardState; events: LoginBlocked[] }

export const emptyState = (): GuardState => ({
  attempts: new Map(),
  networks: new Map(),
  checks: new Map(),
  clock: 0,
})

export function reserve(before: GuardState, message: Reserve, at: number): Step & { answer: Reserved } {
  const { state, events } = advance(before, at)
  const { reservation, pendingSeconds, checks: asked = [] } = message
  if (state.attempts.has(reservation)) return { state, events, answer: { granted: true, reservation } }
  const charges = chargesFor(state, message)
  const refused = [
    ...charges.filter(isKnown).map((charge) => refusal(spentOf(state, charge), charge.budget, state.clock)),
    ...asked.map((check) => refusalOfCheck(state.checks, check, state.clock)),
  ].filter(isRefusal)
  if (refused.length > 0) return { state, events, answer: strictest(refused) }
  const answer: Reserved = { granted: true, reservation }
  const checks = withChecks(state.checks, asked, { reservation, at: state.clock })
  if (charges.length === 0) return { state: { ...state, checks }, events, answer }
  const attempts = new Map(state.attempts).set(reservation, {
    id: reservation,
    status: 'pending',
    reservedAt: state.clock,
    at: state.clock + pendingSeconds * 1000,
    charges,
  })
  return { state: { ...state, attempts, checks }, events, answer }
}

/** A settlement may come late, twice, or for a forgotten attempt. The first one holds. */
export function settle(before: GuardState, { reservation, outcome, remember: where }: Settle, at: number): Step {
  const { state: now, events } = advance(before, at)
  const state = outcome === 'void' ? { ...now, checks: withoutCheck(now.checks, reservation) } : now
  const attempt = state.attempts.get(reservation)
  const settled = attempt && isOpen(attempt) ? settlement[outcome](state, attempt) : { state, events: [] }
  const remembered = outcome === 'right' && where ? withNetwork(settled.state, where) : settled.state
  return { state: remembered, events: [...events, ...settled.events] }
}

export function remember(before: GuardState, message: Remember, at: number): Step {
  const { state, events } = advance(before, at)
  return { state: withNetwork(state, message), events }
}

/** Applies the passage of time: pending attempts lapse in the order of their deadlines, and expired attempts are dropped. */
export function advance(before: GuardState, at: number): Step {
  const clock = Math.max(at, before.clock)
  const overdue = [...before.attempts.values()]
    .filter((attempt) => attempt.status === 'pending' && attempt.at <= clock)
    .sort((a, b) => a.at - b.at)
  let state: GuardState = { ...before, clock }
  const events: LoginBlocked[] = []
  for (const attempt of overdue) {
    const lapses = attempt.charges.some(isKnown)
    const step = lapses ? counted(state, attempt, 'lapsed', attempt.at) : settlement.void(state, attempt)
    state = step.state
    events.push(...step.events)
  }
  return { state: forget(state), events }
}

/** The time at which the last attempt or network expires; null when there is none. */
export function emptiesAt({ attempts, networks }: GuardState): number | null {
  const times = [...[...attempts.values()].map(lastsUntil), ...networks.values()]
  return times.length === 0 ? null : times.reduce((latest, time) => Math.max(latest, time))
}

const settlement = {
  right: (state: GuardState, attempt: Attempt): Step => {
    const step = countedIf('right', state, attempt)
    return { ...step, state: cleared(step.state, attempt) }
  },
  void: (state: GuardState, attempt: Attempt): Step => ({ state: without(state, attempt), events: [] }),
  wrong: (state: GuardState, attempt: Attempt): Step =>
    attempt.status === 'lapsed' ? { state, events: [] } : countedIf('wrong', state, attempt),
}

/** Keeps the charges that count this outcome. A charge on an unknown budget stays with a failure. */
function countedIf(outcome: 'right' | 'wrong', state: GuardState, attempt: Attempt): Step {
  const charges = attempt.charges.filter((charge) =>
    isKnown(charge) ? BUDGETS[charge.name].counts === outcome : outcome === 'wrong',
  )
  if (charges.length === 0) return { state: without(state, attempt), events: [] }
  return counted(state, { ...attempt, charges }, 'wrong', state.clock)
}

function counted(before: GuardState, attempt: Attempt, status: 'wrong' | 'lapsed', at: number): Step {
  const state = { ...before, attempts: new Map(before.attempts).set(attempt.id, { ...attempt, status, at }) }
  const events = attempt.charges.filter(isKnown).flatMap((charge): LoginBlocked[] => {
    const until = blockBegunAt(at, spentOf(state, charge).failures, charge.budget)
    const { told } = BUDGETS[charge.name]
    if (until === null || told === null) return []
    const begun = { budget: charge.name, key: charge.key, at, until }
    return [told === 'reset_alarm' ? { event: told, wrong: charge.budget.limit, ...begun } : { event: told, ...begun }]
  })
  return { state, events }
}

function without(state: GuardState, attempt: Attempt): GuardState {
  const attempts = new Map(state.attempts)
  attempts.delete(attempt.id)
  return { ...state, attempts }
}

/** Clears the narrow budgets only. Earlier failures stay in the wide ones, and pending attempts keep all charges. */
function cleared(state: GuardState, right: Attempt): GuardState {
  const gone = right.charges.filter((charge) => isKnown(charge) && BUDGETS[charge.name].clearedByRight)
  const attempts = new Map<string, Attempt>()
  for (const attempt of state.attempts.values()) {
    const kept = attempt.charges.filter((charge) => !gone.some((other) => sameCharge(charge, other)))
    const touched = isFailure(attempt) && kept.length < attempt.charges.length
    if (!touched || kept.length > 0) attempts.set(attempt.id, touched ? { ...attempt, charges: kept } : attempt)
  }
  return { ...state, attempts }
}

/** The time is written again when a thirtieth of it has passed, since it would be a row for each log-in otherwise. */
function withNetwork(state: GuardState, { network, days, most }: Remember): GuardState {
  const lifetime = days * 86_400_000
  const until = state.networks.get(network)
  if (until !== undefined && state.clock + lifetime - until < lifetime / 30) return state
  const others = [...state.networks].filter(([name]) => name !== network)
  const all = [...others, [network, state.clock + lifetime] as const]
  return { ...state, networks: new Map(all.sort(([, a], [, b]) => a - b).slice(-most)) }
}

function forget(state: GuardState): GuardState {
  const attempts = [...state.attempts].filter(([, attempt]) => lastsUntil(attempt) > state.clock)
  const networks = [...state.networks].filter(([, until]) => until > state.clock)
  return { ...state, attempts: new Map(attempts), networks: new Map(networks) }
}

function chargesFor(state: GuardState, { claims, network }: Reserve): Charge[] {
  if (!network || !state.networks.has(network.key)) return claims
  const own: Charge = { name: 'networkDay', ...network }
  return [...claims.filter((charge) => charge.name !== 'identifier'), own]
}

function spentOf(state: GuardState, charge: Charge) {
  const same = [...state.attempts.values()].filter(({ charges }) => charges.some((other) => sameCharge(charge, other)))
  const pending = same.filter((attempt) => attempt.status === 'pending').length
  const failures = same.filter(isFailure).map((attempt) => attempt.at)
  return { failures: failures.sort((a, b) => a - b), pending }
}

const strictest = (refused: readonly Refused[]): Refused => ({
  granted: false,
  retryAfter: Math.max(...refused.map((one) => one.retryAfter)),
  pending: refused.every((one) => one.pending),
})

const isKnown = (charge: Charge) => Object.hasOwn(BUDGETS, charge.name)
const isOpen = ({ status }: Attempt) => status === 'pending' || status === 'lapsed'
const isFailure = ({ status }: Attempt) => status === 'wrong' || status === 'lapsed'
const sameCharge = (a: Charge, b: Charge) => a.name === b.name && a.key === b.key
const lastsUntil = ({ at, charges }: Attempt) => Math.max(...charges.map((charge) => forgottenAt(at, charge.budget)))
const isRefusal = (answer: Refused | null): answer is Refused => answer !== null
