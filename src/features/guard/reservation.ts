import { AuthError } from '../../kernel/failure.ts'
import { unavailable } from '../../kernel/failures.ts'
import { faultOf } from '../../kernel/object-fault.ts'
import type { GuardCall, NameOf } from './calls.ts'
import type { GuardLimits } from './limits.ts'
import type { Guard, Outcome, Refused } from './messages.ts'

export type GuardDeps = {
  /** A new stub at each call, since one that threw is spent. */
  guard: (name: string) => Guard
  nameOf: NameOf
  limits: GuardLimits
  /** For what may follow the answer; it also takes care of what fails there. */
  later: (work: Promise<unknown>) => void
}

/** The guard gave no answer, so nobody is let in. */
export class GuardUnavailable extends AuthError {
  constructor(cause: unknown) {
    super(unavailable, { reason: `the guard ${faultOf(cause)}`, retryAfter: 1, cause })
  }
}

export type Held = { granted: true; settle: (outcome: Outcome) => Promise<void> }

/**
 * No retry: the platform repeats what may be repeated, and an overloaded guard needs no second knock. Work that may begin again
 * after a crash names its reservation itself: the guard grants a name that it knows once more and counts it once.
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
  // Without charges nothing waits for a settlement: only what is to be forgotten, or to be remembered, is worth a call.
  const settles = (outcome: Outcome) =>
    message.claims.length > 0 || outcome === 'void' || (outcome === 'right' && remember !== undefined)
  return {
    granted: true,
    settle: async (outcome) => {
      if (settles(outcome)) await guard(name).settle({ reservation, outcome, remember })
    },
  }
}

/** A reservation that cannot be returned counts as wrong in the end; that must not change the answer. */
export async function release(held: readonly Held[]): Promise<void> {
  await Promise.allSettled(held.map(({ settle }) => settle('void')))
}

/** What `work` does while the reservations are held; they are returned where it fails. */
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
