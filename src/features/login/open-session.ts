import { newId } from '../../crypto/bytes.ts'
import { hashSessionSecret, newSessionSecret } from '../../crypto/refresh-token.ts'
import type { Deps } from '../../kernel/deps.ts'
import { AuthError, type Failure } from '../../kernel/failure.ts'
import { unavailable } from '../../kernel/failures.ts'
import { clientFactsOf } from '../sessions/client-facts.ts'
import { type Issued, issueTokens } from '../sessions/issue-tokens.ts'
import type { OpenRefusal } from '../sessions/state/messages.ts'
import type { Transport } from '../sessions/state/types.ts'
import { stateOf, type User } from '../users/user.ts'
import { accountDisabled, invalidCredentials, sessionLimitReached } from './failures.ts'

/** Who logs in here without an OAuth client of their own. */
const OWN_CLIENT = 'postern'

const REFUSALS: Record<Exclude<OpenRefusal, 'stale'>, Failure> = {
  gone: invalidCredentials,
  disabled: accountDisabled,
  full: sessionLimitReached,
  ended: unavailable,
  conflict: unavailable,
}

type How = { transport: Transport; amr: string[]; knownDevice: boolean }

/** `stale`: since the user was read, sessions have been ended. Nothing opens with the old state. */
export async function openSession(
  deps: Deps,
  user: User,
  { transport, amr, knownDevice }: How,
): Promise<Issued | 'stale'> {
  const secret = newSessionSecret()
  const { idleSeconds, absoluteSeconds, cap, onFull } = deps.config.sessions
  const { userId, version, authVersion, claims } = stateOf(user)
  const session = {
    ...clientFactsOf(deps.client),
    id: newId(),
    secretHash: hashSessionSecret(secret),
    clientId: OWN_CLIENT,
    transport,
    amr,
  }
  const policy = { cap, onFull, idleSeconds, absoluteSeconds }
  const opened = await deps.askSessions(user.subject, (object) =>
    object.open({ userId, version, authVersion, claims, knownDevice, session, policy }),
  )
  if (opened.ok) return issueTokens(deps, opened.value, { subject: user.subject, secret })
  if (opened.error === 'stale') return 'stale'
  throw new AuthError(REFUSALS[opened.error], { reason: `the session object refused: ${opened.error}` })
}
