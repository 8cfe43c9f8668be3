import { AuthError } from '../errors.ts'
import type { Deps } from '../platform/deps.ts'
import { demandAuthentic, type PresentedToken } from './refresh.ts'
import { readAccessToken } from './signed-in.ts'

/** Exactly one credential: an access token, or a refresh token with the transport it came by. */
export type Leaving = { accessToken: string } | PresentedToken

type Extent = 'one' | 'all'

/** Where the setting says so, every log-out ends all sessions, if its credential is good enough for that. */
export async function logOut(deps: Deps, leaving: Leaving, all: boolean): Promise<void> {
  if (all) return leave(deps, leaving, 'all')
  if (deps.config.logoutEnds === 'one') return leave(deps, leaving, 'one')
  try {
    await leave(deps, leaving, 'all')
  } catch (error) {
    if (!(error instanceof AuthError) || error.code === 'unavailable') throw error
    await leave(deps, leaving, 'one')
  }
}

const leave = (deps: Deps, leaving: Leaving, extent: Extent): Promise<void> =>
  'accessToken' in leaving
    ? logOutByAccessToken(deps, leaving.accessToken, extent)
    : logOutByRefreshToken(deps, leaving, extent)

/** Ending one session takes a good signature, however old the token is; ending them all takes a live one. */
async function logOutByAccessToken(deps: Deps, token: string, extent: Extent) {
  const access = await readAccessToken(deps, token, { readExpired: extent === 'one' })
  const { subject, sessionId } = access
  if (extent === 'one') {
    await deps.askSessions(subject, (object) => object.end({ sessionId, reason: 'logged_out' }))
    return
  }
  const message = { caller: sessionId, reason: 'logged_out_everywhere' as const }
  const ended = await deps.askSessions(subject, (object) => object.endAll(message))
  if (!ended.ok) throw new AuthError('invalid_access_token', { reason: `session ${ended.error}` })
}

/** Any generation ends its own session; only the current one ends the others. */
async function logOutByRefreshToken(deps: Deps, { token, transport }: PresentedToken, extent: Extent) {
  const { subject, sessionId, secretHash, generation } = await demandAuthentic(deps, token)
  const proof = { sessionId, secretHash, generation, transport }
  const left = await deps.askSessions(subject, async (object) =>
    extent === 'all'
      ? object.endAll({ proof, reason: 'logged_out_everywhere' })
      : object.end({ sessionId, secretHash, transport, reason: 'logged_out' }),
  )
  if (!left.ok) throw new AuthError('invalid_refresh_token', { reason: left.error })
}
