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

/** Who asks for what. `device` is a verified token's; only the read can tell whether it belongs to the account. */
export type Asking<T> = {
  from: Network
  /** The name that was given. Where nobody has it, it is what the attempt is counted by. */
  identifier: string
  /** Whose account that is; null where nobody has the name. */
  subjectOf: (read: T) => string | null
  session?: string
  /** What follows a right password is a change, of which an account has a budget too. */
  changes?: boolean
  device?: { subject: string; id: string; belongs: (read: T) => boolean }
}

/** A way that is open until it is settled; never settled, it counts as wrong. */
export type Granted<T> = {
  granted: true
  read: T
  /** Follows the answer. */
  settle: (outcome: 'right' | 'wrong') => void
  /** For failures that are nobody's guess. Await it: a client that returns at once must not meet its own reservation. */
  release: () => Promise<void>
}

/** Before everything that checks a password: a device that was here before goes its own way, and is looked at first. */
export async function reserveAttempt<T>(deps: GuardDeps, asking: Asking<T>, read: () => Promise<T>) {
  const { device, from } = asking
  if (!device) return reserveAddressAndAccount(deps, asking, read)
  // Neither of the other two can be spent by wrong guesses: they bound how many hashes one caller has computed.
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

/** Before what checks no password, such as registering: spends the address's budget alone. */
export async function reserveAddress(deps: GuardDeps, from: Network): Promise<Granted<undefined> | Refused> {
  const address = await hold(deps, addressCall(deps, from, 'attempt'))
  return address.granted ? granted(deps, [address], undefined) : address
}

/**
 * The read waits for the address, so a blocked one costs no SQL; and the account waits for the read, since only the read tells
 * that two names are one account.
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

/** All of them, asked beside each other; the strictest refusal, with nothing held, where one refuses. */
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
