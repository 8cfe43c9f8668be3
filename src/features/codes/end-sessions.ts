import { and, eq, isNull, lt, or } from 'drizzle-orm'
import { codes } from '../../db/schema.ts'
import type { Deps } from '../../kernel/deps.ts'
import { endSessionsOf } from '../users/tell-sessions.ts'
import type { Ending } from '../users/user-events.ts'
import { type Redeemed, untoldVersion } from './change-by-code.ts'

/**
 * Ends sessions after a change by code. A code works once. So when the session object cannot be told, the code's row is marked as
 * `untold`, and the caller may repeat the request until the object is told.
 */
export async function endSessionsBy(deps: Deps, redeemed: Redeemed, ending: Ending): Promise<void> {
  try {
    await endSessionsOf(deps, redeemed.user, ending)
  } catch (error) {
    if (!redeemed.again) await settled(deps, markUntold(deps, redeemed, ending))
    throw error
  }
  if (redeemed.again) deps.later(forgetUntold(deps, redeemed))
}

/** Awaited, since the repetition needs the mark. If marking fails, the outbox still tells the session object. */
async function settled(deps: Deps, work: Promise<void>): Promise<void> {
  deps.later(work)
  await Promise.allSettled([work])
}

async function markUntold(deps: Deps, { user, codeId }: Redeemed, { keep }: Ending): Promise<void> {
  const untold = { auth_version: user.authVersion, ...(keep !== undefined && { keep }) }
  // A link of the same row may have undone the change meanwhile. The newer of two untold versions stays.
  const older = or(isNull(codes.untold), lt(untoldVersion, user.authVersion))
  await (await deps.db())
    .update(codes)
    .set({ untold })
    .where(and(eq(codes.codeId, codeId), older))
}

async function forgetUntold(deps: Deps, { user, codeId }: Redeemed): Promise<void> {
  await (await deps.db())
    .update(codes)
    .set({ untold: null })
    .where(and(eq(codes.codeId, codeId), eq(untoldVersion, user.authVersion)))
}
