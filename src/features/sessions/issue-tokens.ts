import { signAccessToken } from '../../crypto/access-token.ts'
import { signRefreshToken } from '../../crypto/refresh-token.ts'
import type { Deps } from '../../kernel/deps.ts'
import type { TokenFacts } from './state/messages.ts'
import type { Transport } from './state/types.ts'

export type Issued = {
  transport: Transport
  accessToken: string
  accessSeconds: number
  refreshToken: string
  /** What is left of the session, and so of the cookie. */
  refreshSeconds: number
}

type TokenParts = { subject: string; secret: Uint8Array }

/** Issues tokens from the answer of the session object, never from claims of the caller. */
export async function issueTokens(deps: Deps, facts: TokenFacts, { subject, secret }: TokenParts): Promise<Issued> {
  const { config, keys, tokens, now } = deps
  const { sessionId, generation, userId, claims, clientId, transport } = facts
  const refreshSeconds = Math.floor((Math.min(facts.idleEnd, facts.absoluteEnd) - facts.now) / 1000)
  // An access token never outlives its session, and lives for one second at least.
  const accessSeconds = Math.max(1, Math.min(config.sessions.accessTokenSeconds, refreshSeconds))
  const request = {
    issuer: config.issuer,
    audience: config.audience,
    userId,
    subject,
    sessionId,
    generation,
    clientId,
    username: claims.username,
    roles: claims.roles,
    lifetimeSeconds: accessSeconds,
  }
  return {
    transport,
    accessToken: await signAccessToken(await tokens.keys(), request, now()),
    accessSeconds,
    refreshToken: signRefreshToken(keys.refreshMac, { subject, sessionId, generation, secret }),
    refreshSeconds,
  }
}
