import { AuthError } from '../errors.ts'
import type { Deps } from '../platform/deps.ts'
import type { Access } from '../sessions/signed-in.ts'
import { deleteUser } from './changes.ts'
import { demandPassword, withPasswordGuard } from './confirm-password.ts'
import { burySessionsOf } from './tell-sessions.ts'

export const deleteAccount = (deps: Deps, access: Access, password: string): Promise<void> =>
  withPasswordGuard(deps, access, async (user, facts) => {
    // The row went in an earlier request whose end could not be confirmed: there is no password left to ask for.
    if (!user) return burySessionsOf(deps, { ...access, version: facts.version, authVersion: facts.authVersion })
    await demandPassword(deps, user, password)
    if (!(await deleteUser(deps, user))) throw new AuthError('wrong_password', { reason: 'it changed meanwhile' })
    await burySessionsOf(deps, user)
  })
