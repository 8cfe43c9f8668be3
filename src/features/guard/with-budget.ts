import type { Deps } from '../../kernel/deps.ts'
import { AuthError } from '../../kernel/failure.ts'
import { unavailable } from '../../kernel/failures.ts'
import { type Asking, rememberNetwork, reserveAddress, reserveAttempt } from './attempt.ts'
import { changeCall } from './calls.ts'
import { addressUnknown, tooManyAttempts } from './failures.ts'
import type { Refused } from './messages.ts'
import { type Network, parseAddress } from './networks.ts'
import { type GuardDeps, hold, holding } from './reservation.ts'

/** What every operation behind a guard may refuse. */
export const GUARDED = [addressUnknown, tooManyAttempts, unavailable]

/** What a failed attempt says about the guess. Every other failure says nothing about it, so the reservation goes back. */
export const verdictOf = (error: unknown) =>
  error instanceof AuthError && !error.inconclusive ? error.failure.guess : undefined

type Caller = Pick<Deps, 'client' | 'guard'>

/** Everything that checks a password goes through here: reserved before it is evaluated, settled by how it ends. */
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

/** Before what checks no password. It counts whether it succeeds or not, unless we ourselves could not do it. */
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

/** Before a change that asks for no password. It counts where `work` has changed something, which its answer says. */
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
 * For whoever has shown by mail whose account it is: what strangers have done to its budget no longer concerns the network that
 * they ask from. It is waited for, since they log in next; where it fails, they are in nobody's memory and nothing is lost.
 */
export async function remember({ client, guard }: Caller, subject: string): Promise<void> {
  const told = rememberNetwork(guard, requireNetwork(client.address), subject)
  guard.later(told)
  await Promise.allSettled([told])
}

/** We could do what was asked and said no: whatever that cost, such as a hash, the address is to pay for. */
export const isRefusal = (error: unknown) => error instanceof AuthError && error.failure !== unavailable

/**
 * A request whose caller goes away runs no more code unless somebody still waits for it. Then what was reserved for it would
 * never be returned, and whoever reloads the page five times would have blocked themselves.
 */
export async function runToEnd<Result>({ later }: GuardDeps, work: () => Promise<Result>): Promise<Result> {
  const { promise: over, resolve } = Promise.withResolvers<void>()
  later(over)
  return work().finally(resolve)
}

/** Without an address nobody could be held to a limit, so nobody is let in. */
export function requireNetwork(address: string | null): Network {
  const network = parseAddress(address)
  if (!network) throw new AuthError(addressUnknown)
  return network
}

export const refusal = ({ retryAfter }: Refused) => new AuthError(tooManyAttempts, { retryAfter })
