import { AuthError } from '../errors.ts'
import type { Deps } from '../platform/deps.ts'
import type { Status } from '../sessions/state/types.ts'
import { changeRoles, changeStatus, outdateSessions } from './changes.ts'
import { findById } from './store.ts'
import { endSessionsOf } from './tell-sessions.ts'
import { profileOf, type User } from './user.ts'

export const disableUser = (deps: Deps, userId: number) => setStatus(deps, userId, 'disabled')
export const enableUser = (deps: Deps, userId: number) => setStatus(deps, userId, 'active')

/** Demotion and promotion end no session: the object answers with the new roles from the next question on. */
export async function setRoles(deps: Deps, userId: number, roles: string[]): Promise<User> {
  const user = await changeRoles(deps.db, userId, [...new Set(roles)], deps.now())
  return told(deps, user)
}

/** Ends every session, those included that are being opened at this moment. */
export const revokeUser = async (deps: Deps, userId: number): Promise<User> =>
  told(deps, await outdateSessions(deps.db, userId, deps.now()))

/** Asked for what is so already, it tells the session object once more: a repetition completes what could not be confirmed. */
async function setStatus(deps: Deps, userId: number, status: Status): Promise<User> {
  const user = (await changeStatus(deps.db, userId, status, deps.now())) ?? (await findById(deps.db, userId))
  return told(deps, user)
}

async function told(deps: Deps, user: User | null): Promise<User> {
  if (!user) throw new AuthError('user_not_found')
  deps.later(deps.profiles.write(profileOf(user)))
  await endSessionsOf(deps, user, { reason: user.status === 'disabled' ? 'user_disabled' : 'revoked' })
  return user
}
