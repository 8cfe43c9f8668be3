import type { Deps } from '../../kernel/deps.ts'
import { AuthError } from '../../kernel/failure.ts'
import type { EndReason } from '../sessions/state/types.ts'
import { revocationPending } from './failures.ts'
import { stateOf, type User } from './user.ts'

type Ending = { keep?: string; reason: EndReason }

/**
 * Tells the session object the new state of the user, before the answer. If that fails, the change stands and the caller gets
 * `revocation_pending`. Versions make every repetition harmless.
 */
export async function endSessionsOf(deps: Deps, user: User, { keep, reason }: Ending): Promise<void> {
  const news = { ...stateOf(user), ...(keep !== undefined && { keep }), reason }
  await orPending(() => deps.askSessions(user.subject, (object) => object.advance(news)))
}

/**
 * The same for a change that lowers no right. It is awaited, so that the caller sees the change at once. If the object cannot be
 * reached, the outbox tells it later and the request succeeds.
 */
export async function tellSessions(deps: Deps, user: User): Promise<void> {
  const news = { ...stateOf(user), reason: 'revoked' as const }
  const told = deps.askSessions(user.subject, (object) => object.advance(news))
  deps.later(told)
  await Promise.allSettled([told])
}

type Remains = Pick<User, 'subject' | 'userId' | 'version' | 'authVersion'>

/** After the user's row has gone: nothing opens under this subject again. */
export async function burySessionsOf(deps: Deps, { subject, userId, version, authVersion }: Remains): Promise<void> {
  const last = { userId, version: version + 1, authVersion: authVersion + 1 }
  await orPending(() => deps.askSessions(subject, (object) => object.bury(last)))
}

async function orPending(tell: () => Promise<unknown>): Promise<void> {
  try {
    await tell()
  } catch (error) {
    if (!(error instanceof AuthError)) throw error
    throw new AuthError(revocationPending, { reason: error.reason, retryAfter: 1, cause: error })
  }
}
