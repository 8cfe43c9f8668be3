import { invalidAccessToken } from '../../http/failures.ts'
import type { Deps } from '../../kernel/deps.ts'
import { AuthError } from '../../kernel/failure.ts'
import { type Access, readAccessToken } from './signed-in.ts'
import type { SessionFacts } from './state/messages.ts'

export type Verification = {
  userId: number
  sid: string
  username: string
  roles: string[]
  emailVerified: boolean
  clientId: string
  amr: string[]
  /** Seconds since 1970, like those that follow. */
  authTime: number
  issuedAt: number
  expiresAt: number
}

export type VerifyInput = { token: string; maxStaleness: number }

/** Checks the signature and then the session. Returns the claims of the session, at most `maxStaleness` seconds old. */
export async function verify(deps: Deps, { token, maxStaleness }: VerifyInput): Promise<Verification> {
  const access = await readAccessToken(deps, token)
  const facts = await factsOf(deps, access, maxStaleness * 1000)
  const { claims, clientId, amr, authTime } = facts
  const { userId, sid, issuedAt, expiresAt } = access
  return { userId, sid, ...claims, clientId, amr, authTime: Math.floor(authTime / 1000), issuedAt, expiresAt }
}

async function factsOf(deps: Deps, access: Access, maxAgeMs: number): Promise<SessionFacts> {
  const { subject, sessionId, generation, sid, userId } = access
  const asked = deps.now().getTime()
  const known = deps.sessionCache.get(sid, asked, maxAgeMs)
  const looked = known ?? (await deps.askSessions(subject, (object) => object.look({ sessionId, generation })))
  if (!known) deps.sessionCache.set(sid, looked, asked)
  if (!looked.ok) throw new AuthError(invalidAccessToken, { reason: `session ${looked.error}` })
  if (looked.value.userId === userId && looked.value.status === 'active') return looked.value
  throw new AuthError(invalidAccessToken, { reason: 'session of another state' })
}

/** RFC 7662 §2.2: of a token that is no good, nothing is said but that. */
export type Introspection = { active: false } | ({ active: true; iss: string; aud: string } & Verification)

export async function introspect(deps: Deps, token: string): Promise<Introspection> {
  try {
    const { issuer: iss, audience: aud } = deps.config
    return { active: true, iss, aud, ...(await verify(deps, { token, maxStaleness: 0 })) }
  } catch (error) {
    if (error instanceof AuthError && error.failure === invalidAccessToken) return { active: false }
    throw error
  }
}
