import type { Deps } from '../../kernel/deps.ts'
import { AuthError } from '../../kernel/failure.ts'
import type { EndReason } from '../sessions/state/types.ts'
import { revocationPending } from './failures.ts'
import { stateOf, type User } from './user.ts'

type Ending = { keep?: string; reason: EndReason }

/**
 * Tells the session object what the user has become, before the answer. Where that fails the change stands, and the caller is
 * told to come again: versions make every repetition harmless.
 */
export async function endSessionsOf(deps: Deps, user: User, { keep, reason }: Ending): Promise<void> {
  const news = { ...stateOf(user), ...(keep !== undefined && { keep }), reason }
  await orPending(() => deps.askSessions(user.subject, (object) => object.advance(news)))
}

/**
 * The same where no right is lowered: before the answer, so that whoever made the change sees it at once. An object that cannot
 * be reached is told by the outbox, and nobody has to come again.
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
