import {
  accountCall,
  addressCall,
  attemptFrom,
  checksFrom,
  checksOfAccount,
  deviceCall,
  type GuardCall,
  type Guessed,
  rememberFrom,
} from './calls.ts'
import type { Refused } from './messages.ts'
import type { Network } from './networks.ts'
import { type GuardDeps, type Held, hold, holding, release } from './reservation.ts'

/** The attempt to reserve. `device` comes from a verified token; `read` tells whether it belongs to the account. */
export type Asking<T> = {
  from: Network
  /** The name that was typed. If no account has it, the attempt is counted by the name. */
  identifier: string
  /** The account with that name; null if there is none. */
  subjectOf: (read: T) => string | null
  session?: string
  /** A change follows the right password, and an account has a budget of changes. */
  changes?: boolean
  device?: { subject: string; id: string; belongs: (read: T) => boolean }
}

/** A reserved attempt. If it is never settled, it counts as wrong. */
export type Granted<T> = {
  granted: true
  read: T
  /** Runs after the answer. */
  settle: (outcome: 'right' | 'wrong') => void
  /** For failures that say nothing about the guess. Await it: otherwise an immediate retry meets its own reservation. */
  release: () => Promise<void>
}

/** Before every check of a password. A known device is tried first, since it has its own budget. */
export async function reserveAttempt<T>(deps: GuardDeps, asking: Asking<T>, read: () => Promise<T>) {
  const { device, from } = asking
  if (!device) return reserveAddressAndAccount(deps, asking, read)
  // The two rates of checks are no budgets of failures: they bound the hashes that one caller can cause.
  const held = await holdAll(deps, [
    deviceCall(deps, device),
    checksFrom(deps, from),
    checksOfAccount(deps, from, device.subject),
  ])
  if ('granted' in held) return held
  const found = await holding(held, read)
  if (device.belongs(found)) return granted(deps, held, found)
  const [ofDevice, ...checks] = held
  await release(checks)
  if (ofDevice) deps.later(ofDevice.settle('wrong'))
  return reserveAddressAndAccount(deps, asking, async () => found)
}

/** Before work without a password check, such as registering: charges the address only. */
export async function reserveAddress(deps: GuardDeps, from: Network): Promise<Granted<undefined> | Refused> {
  const address = await hold(deps, addressCall(deps, from, 'attempt'))
  return address.granted ? granted(deps, [address], undefined) : address
}

/**
 * First the address, so a blocked address costs no SQL. Then the read, since only the read tells that two names are one account.
 * Then the account.
 */
async function reserveAddressAndAccount<T>(
  deps: GuardDeps,
  asking: Asking<T>,
  read: () => Promise<T>,
): Promise<Granted<T> | Refused> {
  const address = await hold(deps, attemptFrom(deps, asking.from, asking.identifier))
  if (!address.granted) return address
  return holding([address], async () => {
    const found = await read()
    const account = await hold(deps, accountCall(deps, { ...asking, guessed: guessedOf(asking, found) }))
    if (account.granted) return granted(deps, [address, account], found)
    await release([address])
    return account
  })
}

function guessedOf<T>({ subjectOf, identifier }: Asking<T>, found: T): Guessed {
  const subject = subjectOf(found)
  return subject === null ? { identifier } : { subject }
}

/** Reserves all calls concurrently. If one is refused, releases the others and returns the refusal with the longest wait. */
async function holdAll(deps: GuardDeps, calls: readonly GuardCall[]): Promise<Held[] | Refused> {
  const asked = await Promise.allSettled(calls.map((call) => hold(deps, call)))
  const answers = asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  const held = answers.filter((answer) => answer.granted)
  const refused = answers.filter((answer): answer is Refused => !answer.granted)
  const failed = asked.find((one) => one.status === 'rejected')
  if (!failed && refused.length === 0) return held
  await release(held)
  if (failed) throw failed.reason
  return refused.reduce((strictest, one) => (one.retryAfter > strictest.retryAfter ? one : strictest))
}

function granted<T>(deps: GuardDeps, held: readonly Held[], read: T): Granted<T> {
  return {
    granted: true,
    read,
    settle: (outcome) => deps.later(Promise.all(held.map((one) => one.settle(outcome)))),
    release: () => release(held),
  }
}

export async function rememberNetwork(deps: GuardDeps, from: Network, subject: string): Promise<void> {
  await deps.guard(deps.nameOf('account', subject)).remember(rememberFrom(deps, from))
}
