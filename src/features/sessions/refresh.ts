import { readRefreshToken } from '../../crypto/refresh-token.ts'
import type { Deps } from '../../kernel/deps.ts'
import { AuthError } from '../../kernel/failure.ts'
import { tooManyAttempts } from '../guard/failures.ts'
import { clientFactsOf } from './client-facts.ts'
import { invalidRefreshToken } from './failures.ts'
import { type Issued, issueTokens } from './issue-tokens.ts'
import type { Transport } from './state/types.ts'

export type PresentedToken = { token: string; transport: Transport }

/** Uses neither a guard nor Postgres: a forged token costs one MAC, a real one a single call of its session object. */
export async function refresh(deps: Deps, { token, transport }: PresentedToken): Promise<Issued> {
  const presented = await requireAuthentic(deps, token)
  const { subject, sessionId, secretHash, generation, secret } = presented
  const { graceSeconds, idleSeconds } = deps.config.sessions
  const policy = { graceSeconds, idleSeconds }
  const message = { ...clientFactsOf(deps.client), sessionId, secretHash, generation, transport, policy }
  const rotated = await deps.askSessions(subject, (object) => object.rotate(message))
  if (!rotated.ok) throw new AuthError(invalidRefreshToken, { reason: rotated.error })
  return issueTokens(deps, rotated.value, { subject, secret })
}

export async function requireAuthentic({ keys, withinForgeryLimit, client }: Deps, token: string) {
  const presented = readRefreshToken(keys.refreshMac, token)
  if (presented) return presented
  if (await withinForgeryLimit(client.address)) throw new AuthError(invalidRefreshToken, { reason: 'forged' })
  throw new AuthError(tooManyAttempts, { reason: 'forged', retryAfter: 60 })
}
