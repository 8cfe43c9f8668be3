import { invalidAccessToken } from '../../http/failures.ts'
import type { Deps } from '../../kernel/deps.ts'
import { AuthError } from '../../kernel/failure.ts'
import type { Parsed, Written } from '../../kernel/lazy.ts'
import { withAddressBudget, withChangeBudget } from '../guard/with-budget.ts'
import { type Access, requireLiveSession } from '../sessions/signed-in.ts'
import { changeProfile as change, type ProfileChange } from '../users/changes.ts'
import { usernameFor } from '../users/names.ts'
import { findById } from '../users/store.ts'
import { tellSessions } from '../users/tell-sessions.ts'
import { claimsOf, profileOf } from '../users/user.ts'
import { shown } from './me.ts'
import type { Me, ProfileRequest } from './wire.ts'

/** Choosing a username reveals whether it is taken, so it charges the address as registering does. */
export async function changeProfile(
  deps: Deps,
  access: Access,
  input: Parsed<typeof ProfileRequest>,
): Promise<Written<typeof Me>> {
  await requireLiveSession(deps, access)
  const wanted = await changeOf(deps, access, input)
  const work = () =>
    withChangeBudget(deps, access.subject, async () => {
      const user = await change(deps, access.userId, wanted)
      return { changed: user !== null, user }
    })
  const { user } = await (wanted.username ? withAddressBudget(deps, work) : work())
  if (!user) return unchanged(deps, access)
  await tellSessions(deps, user)
  return shown(profileOf(user), { claims: claimsOf(user) })
}

async function unchanged(deps: Deps, { userId }: Access) {
  const user = await findById(deps.db, userId)
  if (!user) throw new AuthError(invalidAccessToken, { reason: 'the user is gone' })
  return shown(profileOf(user), { claims: claimsOf(user) })
}

async function changeOf(deps: Deps, { userId }: Access, input: Parsed<typeof ProfileRequest>): Promise<ProfileChange> {
  const { full_name: fullName, locale, username } = input
  return {
    ...(fullName !== undefined && { fullName: fullName || null }),
    ...(locale !== undefined && { locale }),
    ...(username !== undefined && { username: await nameOf(deps, userId, username) }),
  }
}

/** A name with an @ can only be one's own address, which is not known before it is read. */
async function nameOf(deps: Deps, userId: number, username: string | null) {
  if (username === null) return null
  const user = username.includes('@') ? await findById(deps.db, userId) : null
  return usernameFor(username, user?.email ?? null)
}
