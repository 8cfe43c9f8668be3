import type { Deps } from '../../kernel/deps.ts'
import { AuthError } from '../../kernel/failure.ts'
import { unavailable } from '../../kernel/failures.ts'
import { type Asking, rememberNetwork, reserveAddress, reserveAttempt } from './attempt.ts'
import { changeCall } from './calls.ts'
import { addressUnknown, tooManyAttempts } from './failures.ts'
import type { Refused } from './messages.ts'
import { type Network, parseAddress } from './networks.ts'
import { type GuardDeps, hold, holding } from './reservation.ts'

/** The failures of every operation behind a guard. */
export const GUARDED = [addressUnknown, tooManyAttempts, unavailable]

/** Whether the guess was right or wrong. Any other failure says nothing about the guess, so the reservation is released. */
export const verdictOf = (error: unknown) =>
  error instanceof AuthError && !error.inconclusive ? error.failure.guess : undefined

type Caller = Pick<Deps, 'client' | 'guard'>

/** Wraps every check of a password: reserves the attempt first, and settles it by its outcome. */
export async function withAttempt<Read, Result>(
  { client, guard }: Caller,
  asking: Omit<Asking<Read>, 'from'>,
  read: () => Promise<Read>,
  evaluate: (read: Read) => Promise<Result>,
): Promise<Result> {
  const from = requireNetwork(client.address)
  return runToEnd(guard, async () => {
    const attempt = await reserveAttempt(guard, { ...asking, from }, read)
    if (!attempt.granted) throw refusal(attempt)
    try {
      const result = await evaluate(attempt.read)
      attempt.settle('right')
      return result
    } catch (error) {
      const verdict = verdictOf(error)
      if (verdict) attempt.settle(verdict)
      else await attempt.release()
      throw error
    }
  })
}

/** Wraps work without a password check. It counts on success and on refusal, but not when the service was unavailable. */
export async function withAddressBudget<Result>(
  { client, guard }: Caller,
  work: () => Promise<Result>,
): Promise<Result> {
  const from = requireNetwork(client.address)
  return runToEnd(guard, async () => {
    const attempt = await reserveAddress(guard, from)
    if (!attempt.granted) throw refusal(attempt)
    try {
      const result = await work()
      attempt.settle('wrong')
      return result
    } catch (error) {
      if (isRefusal(error)) attempt.settle('wrong')
      else await attempt.release()
      throw error
    }
  })
}

/** Wraps a change that needs no password. It counts when `work` returns `changed`. */
export async function withChangeBudget<Result extends { changed: boolean }>(
  { guard }: Pick<Caller, 'guard'>,
  subject: string,
  work: () => Promise<Result>,
): Promise<Result> {
  return runToEnd(guard, async () => {
    const held = await hold(guard, changeCall(guard, subject))
    if (!held.granted) throw refusal(held)
    const result = await holding([held], work)
    guard.later(held.settle(result.changed ? 'right' : 'void'))
    return result
  })
}

/**
 * After a reset by mail: the account knows this network from now on, so guesses of strangers no longer block it. Awaited, since
 * the log-in comes next. A failure here does not fail the request.
 */
export async function remember({ client, guard }: Caller, subject: string): Promise<void> {
  const told = rememberNetwork(guard, requireNetwork(client.address), subject)
  guard.later(told)
  await Promise.allSettled([told])
}

/** The service refused, and was not unavailable. The address is charged for the cost, such as a hash. */
export const isRefusal = (error: unknown) => error instanceof AuthError && error.failure !== unavailable

/**
 * The platform stops a request when its caller disconnects, unless `waitUntil` holds it. A stopped request would never settle its
 * reservation, and five reloads of a page would block their own user.
 */
export async function runToEnd<Result>({ later }: GuardDeps, work: () => Promise<Result>): Promise<Result> {
  const { promise: over, resolve } = Promise.withResolvers<void>()
  later(over)
  return work().finally(resolve)
}

/** A request without an address is refused, since no limit could hold it. */
export function requireNetwork(address: string | null): Network {
  const network = parseAddress(address)
  if (!network) throw new AuthError(addressUnknown)
  return network
}

export const refusal = ({ retryAfter }: Refused) => new AuthError(tooManyAttempts, { retryAfter })
