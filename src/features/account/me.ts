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

/** Rights come from the session object. The rest comes from the cache, unless the object knows a newer version. */
export async function me(deps: Deps, access: Access): Promise<Written<typeof Me>> {
  const [facts, cached] = await Promise.all([requireLiveSession(deps, access), deps.profiles.read(access.userId)])
  const profile = cached && cached.version >= facts.version ? cached : await readProfile(deps, access.userId)
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
