import type { Deps } from '../../kernel/deps.ts'
import { AuthError } from '../../kernel/failure.ts'
import { requirePassword, withPasswordGuard } from '../passwords/confirm-password.ts'
import { wrongPassword } from '../passwords/failures.ts'
import type { Access } from '../sessions/signed-in.ts'
import { deleteUser } from '../users/delete-user.ts'
import { findById } from '../users/store.ts'
import { burySessionsOf } from '../users/tell-sessions.ts'
import type { User } from '../users/user.ts'

/** However much somebody has changed in this hour, they may go. */
export const deleteAccount = (deps: Deps, access: Access, password: string): Promise<void> =>
  withPasswordGuard(
    deps,
    access,
    async (user, { version, authVersion }) => {
      // Without a row it went in a request before this one, whose end was lost: there is no password left to ask for.
      if (user) await deleteRow(deps, user, password)
      await burySessionsOf(deps, user ?? { ...access, version, authVersion })
    },
    { changes: false },
  )

/** Of two deletions at once, the second finds nothing left to do; a password changed meanwhile is another matter. */
async function deleteRow(deps: Deps, user: User, password: string): Promise<void> {
  await requirePassword(deps, user, password)
  if ((await deleteUser(deps, user)) || !(await findById(deps.db, user.userId))) return
  throw new AuthError(wrongPassword, { reason: 'it changed meanwhile' })
}
