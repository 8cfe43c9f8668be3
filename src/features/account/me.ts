import { invalidAccessToken } from '../../http/failures.ts'
import type { Deps } from '../../kernel/deps.ts'
import { AuthError } from '../../kernel/failure.ts'
import type { Written } from '../../kernel/lazy.ts'
import { type Access, requireLiveSession } from '../sessions/signed-in.ts'
import type { SessionFacts } from '../sessions/state/messages.ts'
import type { CachedProfile } from '../users/profiles.ts'
import { findById } from '../users/store.ts'
import { profileOf } from '../users/user.ts'
import type { Me } from './wire.ts'

/**
 * Rights come from the session object. The rest comes from the memory of this isolate, from the cache, or from Postgres: the first
 * that is as new as the object knows.
 */
export async function me(deps: Deps, access: Access): Promise<Written<typeof Me>> {
  const { subject, userId } = access
  const recalled = deps.profiles.recall(subject)
  const [facts, read] = await Promise.all([
    requireLiveSession(deps, access),
    recalled ? null : deps.profiles.read(userId),
  ])
  const upToDate = (profile: CachedProfile | null) => (profile && profile.version >= facts.version ? profile : null)
  const profile =
    upToDate(recalled) ??
    upToDate(recalled ? await deps.profiles.read(userId) : read) ??
    (await readProfile(deps, userId))
  deps.profiles.remember(subject, profile)
  return shown(profile, facts)
}

async function readProfile(deps: Deps, userId: number): Promise<CachedProfile> {
  const user = await findById(deps.db, userId)
  if (!user) throw new AuthError(invalidAccessToken, { reason: 'the user is gone' })
  const profile = profileOf(user)
  deps.later(deps.profiles.write(profile))
  return profile
}

export const shown = (profile: CachedProfile, { claims }: Pick<SessionFacts, 'claims'>): Written<typeof Me> => ({
  user_id: profile.user_id,
  username: profile.username,
  email: profile.email,
  full_name: profile.full_name,
  email_verified: claims.emailVerified,
  roles: claims.roles,
  created_at: profile.created_at,
})
