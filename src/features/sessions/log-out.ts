import { readRefreshToken } from '../../crypto/refresh-token.ts'
import { invalidAccessToken } from '../../http/failures.ts'
import type { Deps } from '../../kernel/deps.ts'
import { AuthError } from '../../kernel/failure.ts'
import { unavailable } from '../../kernel/failures.ts'
import { invalidRefreshToken } from './failures.ts'
import { type PresentedToken, requireAuthentic } from './refresh.ts'
import { readAccessToken } from './signed-in.ts'

/** Exactly one credential: an access token, or a refresh token with the transport it came by. */
export type Leaving = { accessToken: string } | PresentedToken

type Extent = 'one' | 'all'
/** What has ended: one session, or all of its user. */
export type Left = { subject: string; sessionId: string; extent: Extent }

/** Where the setting says so, every log-out ends all sessions, if its credential is good enough for that. */
export async function logOut(deps: Deps, leaving: Leaving, all: boolean): Promise<Left> {
  if (all) return leave(deps, leaving, 'all')
  if (deps.config.sessions.logoutEnds === 'one') return leave(deps, leaving, 'one')
  try {
    return await leave(deps, leaving, 'all')
  } catch (error) {
    if (!(error instanceof AuthError) || error.failure === unavailable) throw error
    return leave(deps, leaving, 'one')
  }
}

const leave = (deps: Deps, leaving: Leaving, extent: Extent): Promise<Left> =>
  'accessToken' in leaving
    ? logOutByAccessToken(deps, leaving.accessToken, extent)
    : logOutByRefreshToken(deps, leaving, extent)

/** Ending one session takes a good signature, however old the token is; ending them all takes a live one. */
async function logOutByAccessToken(deps: Deps, token: string, extent: Extent): Promise<Left> {
  const access = await readAccessToken(deps, token, { readExpired: extent === 'one' })
  const { subject, sessionId } = access
  if (extent === 'one') {
    await deps.askSessions(subject, (object) => object.end({ sessionId, reason: 'logged_out' }))
    return { subject, sessionId, extent }
  }
  const message = { caller: sessionId, reason: 'logged_out_everywhere' as const }
  const ended = await deps.askSessions(subject, (object) => object.endAll(message))
  if (!ended.ok) throw new AuthError(invalidAccessToken, { reason: `session ${ended.error}` })
  return { subject, sessionId, extent }
}

/** Any generation ends its own session; only the current one ends the others. */
async function logOutByRefreshToken(deps: Deps, { token, transport }: PresentedToken, extent: Extent): Promise<Left> {
  const { subject, sessionId, secretHash, generation } = await requireAuthentic(deps, token)
  const proof = { sessionId, secretHash, generation, transport }
  const left = await deps.askSessions(subject, async (object) =>
    extent === 'all'
      ? object.endAll({ proof, reason: 'logged_out_everywhere' })
      : object.end({ sessionId, secretHash, transport, reason: 'logged_out' }),
  )
  if (!left.ok) throw new AuthError(invalidRefreshToken, { reason: left.error })
  return { subject, sessionId, extent }
}

/** Whether the cookie may be cleared. A cookie of another session stays, since that session still lives. */
export function leavesBehind({ keys }: Deps, token: string, left: Left): boolean {
  const named = readRefreshToken(keys.refreshMac, token)
  if (!named) return true
  return named.subject === left.subject && (left.extent === 'all' || named.sessionId === left.sessionId)
}
