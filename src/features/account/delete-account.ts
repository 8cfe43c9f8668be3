import type { Deps } from '../../kernel/deps.ts'
import { AuthError } from '../../kernel/failure.ts'
import { requirePassword, withPasswordGuard } from '../passwords/confirm-password.ts'
import { wrongPassword } from '../passwords/failures.ts'
import type { Access } from '../sessions/signed-in.ts'
import { deleteUser } from '../users/delete-user.ts'
import { findById } from '../users/store.ts'
import { burySessionsOf } from '../users/tell-sessions.ts'
import type { User } from '../users/user.ts'

/** The hourly budget of changes does not apply to a deletion. */
export const deleteAccount = (deps: Deps, access: Access, password: string): Promise<void> =>
  withPasswordGuard(
    deps,
    access,
    async (user, { version, authVersion }) => {
      // No row: an earlier request deleted it but was not confirmed. There is no password left to check.
      if (user) await deleteRow(deps, user, password)
      await burySessionsOf(deps, user ?? { ...access, version, authVersion })
    },
    { changes: false },
  )

/** A concurrent deletion is a success. A concurrent change of the password is not. */
async function deleteRow(deps: Deps, user: User, password: string): Promise<void> {
  await requirePassword(deps, user, password)
  if ((await deleteUser(deps, user)) || !(await findById(deps.db, user.userId))) return
  throw new AuthError(wrongPassword, { reason: 'it changed meanwhile' })
}
