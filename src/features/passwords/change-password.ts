import { invalidAccessToken } from '../../http/failures.ts'
import type { Deps } from '../../kernel/deps.ts'
import { AuthError } from '../../kernel/failure.ts'
import type { Access } from '../sessions/signed-in.ts'
import type { SessionFacts } from '../sessions/state/messages.ts'
import { replacePassword } from '../users/changes.ts'
import { endSessionsOf } from '../users/tell-sessions.ts'
import type { User } from '../users/user.ts'
import type { Ending } from '../users/user-events.ts'
import { requireAcceptablePassword } from './acceptable-password.ts'
import { requireUnbreached } from './breach-check.ts'
import { isPassword, withPasswordGuard } from './confirm-password.ts'
import { wrongPassword } from './failures.ts'

type Passwords = { current: string; next: string }

/** Ends every other session; this one goes on. */
export const changePassword = (deps: Deps, access: Access, passwords: Passwords): Promise<void> =>
  withPasswordGuard(deps, access, async (user, facts) => {
    if (!user) throw new AuthError(invalidAccessToken, { reason: 'the user is gone' })
    const ending = { keep: access.sessionId, reason: 'password_changed' } as const
    const changed = (await change(deps, user, passwords, ending)) ?? (await changedBefore(deps, user, passwords, facts))
    if (!changed) throw new AuthError(wrongPassword)
    await endSessionsOf(deps, changed, ending)
  })

async function change(deps: Deps, user: User, { current, next }: Passwords, ending: Ending): Promise<User | null> {
  if (!(await isPassword(deps, user, current))) return null
  requireAcceptablePassword(deps.config, next, user, 'new_password')
  await requireUnbreached(deps, next, 'new_password')
  return replacePassword(deps, user, await deps.passwords.hash(next, user.subject), ending)
}

/**
 * A repetition after a change whose revocation was not confirmed: the session object still has the older auth version. Only then
 * the new password is checked, so this gives no second guess.
 */
async function changedBefore(deps: Deps, user: User, { next }: Passwords, facts: SessionFacts): Promise<User | null> {
  if (user.authVersion <= facts.authVersion) return null
  return (await isPassword(deps, user, next)) ? user : null
}
