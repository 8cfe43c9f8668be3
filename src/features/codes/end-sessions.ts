import { and, eq, isNull, lt, or } from 'drizzle-orm'
import { codes } from '../../db/schema.ts'
import type { Deps } from '../../kernel/deps.ts'
import { endSessionsOf } from '../users/tell-sessions.ts'
import type { Ending } from '../users/user-events.ts'
import { type Redeemed, untoldVersion } from './change-by-code.ts'

/**
 * Ends sessions by what a code has led to. A code works once, so where the session object cannot be told, the code's row says
 * so: the same request may then come again, as the answer asks for, until one has told it.
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

/** Awaited, since the repetition needs it. Where it fails, the outbox alone tells the session object, and the answer is the same. */
async function settled(deps: Deps, work: Promise<void>): Promise<void> {
  deps.later(work)
  await Promise.allSettled([work])
}

async function markUntold(deps: Deps, { user, codeId }: Redeemed, { keep }: Ending): Promise<void> {
  const untold = { auth_version: user.authVersion, ...(keep !== undefined && { keep }) }
  // A link may have undone meanwhile what the code of the same row did, and not have been heard either.
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
