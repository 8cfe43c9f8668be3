import { AuthError } from '../../kernel/failure.ts'
import { unavailable } from '../../kernel/failures.ts'
import { faultOf } from '../../kernel/object-fault.ts'
import type { GuardCall, NameOf } from './calls.ts'
import type { GuardLimits } from './limits.ts'
import type { Guard, Outcome, Refused } from './messages.ts'

export type GuardDeps = {
  /** Makes a new stub at each call, since a stub that threw cannot be used again. */
  guard: (name: string) => Guard
  nameOf: NameOf
  limits: GuardLimits
  /** Runs work after the answer and logs its failure. */
  later: (work: Promise<unknown>) => void
}

/** A guard that does not answer lets no attempt through. */
export class GuardUnavailable extends AuthError {
  constructor(cause: unknown) {
    super(unavailable, { reason: `the guard ${faultOf(cause)}`, retryAfter: 1, cause })
  }
}

export type Held = { granted: true; settle: (outcome: Outcome) => Promise<void> }

/**
 * Never retries: the platform repeats safe calls, and a retry would burden an overloaded guard. Work that may restart after a
 * crash passes its own reservation id: the guard grants a known id again and counts it once.
 */
export async function hold(
  { guard }: GuardDeps,
  { name, message, remember }: GuardCall,
  reservation: string = crypto.randomUUID(),
): Promise<Held | Refused> {
  try {
    const answer = await guard(name).reserve({ reservation, ...message })
    if (!answer.granted) return answer
  } catch (cause) {
    throw new GuardUnavailable(cause)
  }
  // Without charges, only a released check or a network to remember needs a call.
  const settles = (outcome: Outcome) =>
    message.claims.length > 0 || outcome === 'void' || (outcome === 'right' && remember !== undefined)
  return {
    granted: true,
    settle: async (outcome) => {
      if (settles(outcome)) await guard(name).settle({ reservation, outcome, remember })
    },
  }
}

/** A reservation that cannot be released counts as wrong after a while. That must not change the answer. */
export async function release(held: readonly Held[]): Promise<void> {
  await Promise.allSettled(held.map(({ settle }) => settle('void')))
}

/** Runs `work` and releases the reservations if it fails. */
export async function holding<T>(held: readonly Held[], work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    await release(held)
    throw error
  }
}

declare module '../../kernel/deps.ts' {
  interface Deps {
    guard: GuardDeps
  }
}
