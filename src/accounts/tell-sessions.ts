import { AuthError } from '../errors.ts'
import type { Deps } from '../platform/deps.ts'
import type { EndReason } from '../sessions/state/types.ts'
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
    throw new AuthError('revocation_pending', { reason: error.reason, retryAfter: 1, cause: error })
  }
}
