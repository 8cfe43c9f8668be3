import type { Deps } from '../../kernel/deps.ts'
import { AuthError } from '../../kernel/failure.ts'
import type { Status } from '../sessions/state/types.ts'
import { changeRoles, changeStatus, outdateSessions, reasonFor } from './changes.ts'
import { userNotFound } from './failures.ts'
import { findById } from './store.ts'
import { endSessionsOf } from './tell-sessions.ts'
import type { User } from './user.ts'

export const disableUser = (deps: Deps, userId: number) => setStatus(deps, userId, 'disabled')
export const enableUser = (deps: Deps, userId: number) => setStatus(deps, userId, 'active')

/** A change of roles ends no session: the session object returns the new roles from the next request on. */
export async function setRoles(deps: Deps, userId: number, roles: string[]): Promise<User> {
  const user = await changeRoles(deps, userId, [...new Set(roles)])
  return told(deps, user)
}

/** Ends every session, those included that are being opened at this moment. */
export const revokeUser = async (deps: Deps, userId: number): Promise<User> =>
  told(deps, await outdateSessions(deps, userId))

/** Tells the session object even if the status is unchanged, so that a repetition completes an unconfirmed change. */
async function setStatus(deps: Deps, userId: number, status: Status): Promise<User> {
  const user = (await changeStatus(deps, userId, status)) ?? (await findById(deps.db, userId))
  return told(deps, user)
}

async function told(deps: Deps, user: User | null): Promise<User> {
  if (!user) throw new AuthError(userNotFound)
  await endSessionsOf(deps, user, { reason: reasonFor(user.status) })
  return user
}
