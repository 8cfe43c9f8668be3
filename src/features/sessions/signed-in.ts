import { generationIn, splitSid } from '../../crypto/access-claims.ts'
import { verifyAccessToken } from '../../crypto/access-token.ts'
import { invalidAccessToken } from '../../http/failures.ts'
import type { Deps } from '../../kernel/deps.ts'
import { AuthError } from '../../kernel/failure.ts'
import type { SessionFacts } from './state/messages.ts'

/** What a good signature says. Whether the session still lives, only its object knows. */
export type Access = {
  userId: number
  subject: string
  sessionId: string
  sid: string
  generation: number
  issuedAt: number
  expiresAt: number
}

type Reading = { readExpired?: boolean }

export async function readAccessToken(
  deps: Deps,
  token: string,
  { readExpired = false }: Reading = {},
): Promise<Access> {
  const { config, tokens, now } = deps
  const verified = await verifyAccessToken(await tokens.keys(), token, {
    issuer: config.issuer,
    audience: config.audience,
    now: now(),
    readExpired,
    remembered: tokens.remembered,
  })
  if (!verified.ok) throw new AuthError(invalidAccessToken, { reason: verified.reason })
  const { sid, sub, iat, exp, jti } = verified.claims
  const parts = splitSid(sid)
  if (!parts) throw new AuthError(invalidAccessToken, { reason: 'sid' })
  return { ...parts, sid, userId: Number(sub), generation: generationIn(jti), issuedAt: iat, expiresAt: exp }
}

/** Strict: the token's signature, and then the session itself. */
export async function requireLiveSession(deps: Deps, access: Access): Promise<SessionFacts> {
  const { subject, sessionId, generation } = access
  const looked = await deps.askSessions(subject, (object) => object.look({ sessionId, generation }))
  if (!looked.ok) throw new AuthError(invalidAccessToken, { reason: `session ${looked.error}` })
  if (looked.value.userId !== access.userId || looked.value.status !== 'active') {
    throw new AuthError(invalidAccessToken, { reason: 'session of another state' })
  }
  return looked.value
}
