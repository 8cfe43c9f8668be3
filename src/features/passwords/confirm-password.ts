import type { Deps } from '../../kernel/deps.ts'
import { AuthError } from '../../kernel/failure.ts'
import { GUARDED, withAttempt } from '../guard/with-budget.ts'
import { SIGNED_IN } from '../sessions/access.ts'
import { type Access, requireLiveSession } from '../sessions/signed-in.ts'
import type { SessionFacts } from '../sessions/state/messages.ts'
import { canonicalIdentifier } from '../users/canonical.ts'
import { revocationPending } from '../users/failures.ts'
import { findById } from '../users/store.ts'
import type { User } from '../users/user.ts'
import { wrongPassword } from './failures.ts'

/** What every operation that a password confirms may refuse. */
export const CONFIRMED = [...SIGNED_IN, ...GUARDED, wrongPassword, revocationPending]

/**
 * A signed-in user has no exemption: a stranger at an open laptop could guess here without limit. So this charges the budgets of
 * log-in, and one of the session.
 */
export async function withPasswordGuard<Result>(
  deps: Deps,
  access: Access,
  work: (user: User | null, facts: SessionFacts) => Promise<Result>,
  { changes = true } = {},
): Promise<Result> {
  const facts = await requireLiveSession(deps, access)
  const name = canonicalIdentifier(facts.claims.username)
  const identifier = name.ok ? name.value : facts.claims.username
  const asking = { identifier, subjectOf: () => access.subject, session: access.sid, changes }
  const read = () => findById(deps.db, access.userId)
  return withAttempt(deps, asking, read, (user) => work(user, facts))
}

export async function isPassword(deps: Deps, user: User, password: string): Promise<boolean> {
  const { right } = await deps.passwords.verify(password, user.passwordHash, user.subject)
  return right
}

export async function requirePassword(deps: Deps, user: User, password: string): Promise<void> {
  if (!(await isPassword(deps, user, password))) throw new AuthError(wrongPassword)
}
