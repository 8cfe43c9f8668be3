import type { Context } from 'hono'
import type { AppEnv } from '../../http/app-env.ts'
import { bearerToken } from '../../http/bearer.ts'
import { type App, endpoint } from '../../http/endpoint.ts'
import { invalidAccessToken } from '../../http/failures.ts'
import { AuthError } from '../../kernel/failure.ts'
import { unavailable } from '../../kernel/failures.ts'
import { addressUnknown, tooManyAttempts } from '../guard/failures.ts'
import { answerTokens } from './answer-tokens.ts'
import { clearRefreshCookie, refreshCookie } from './cookies.ts'
import { invalidRefreshToken } from './failures.ts'
import { type Leaving, leavesBehind, logOut } from './log-out.ts'
import { ownSessions } from './own-routes.ts'
import { type PresentedToken, refresh } from './refresh.ts'
import { LogOutRequest, RefreshRequest, Success, Tokens } from './wire.ts'

export function sessionRoutes(app: App) {
  endpoint(
    app,
    {
      method: 'post',
      paths: ['/auth/refresh', '/auth/refresh_token', '/refresh-token'],
      tag: 'Session',
      summary: 'Refresh',
      description:
        'The next pair of tokens. Each refresh token is good once; for some seconds its repetition answers the same successor, so a lost answer does no harm. A later repetition ends the session.',
      body: RefreshRequest,
      answer: { status: 200, description: 'New tokens of the same session.', schema: Tokens },
      errors: [invalidRefreshToken, addressUnknown, tooManyAttempts, unavailable],
      cookies: true,
    },
    async (c, { refresh_token }) => answerTokens(c, await refresh(c.get('deps'), requireToken(c, refresh_token))),
  )

  endpoint(
    app,
    {
      method: 'post',
      paths: ['/auth/logout', '/logout'],
      tag: 'Session',
      summary: 'Log out',
      description:
        'By the access token in the header, or by the refresh token. A session that has ended already is a success too.',
      body: LogOutRequest,
      answer: { status: 200, description: 'The session has ended, now or before.', schema: Success },
      errors: [invalidAccessToken, invalidRefreshToken, tooManyAttempts, unavailable],
      cookies: true,
      bearer: 'accepted',
    },
    async (c, { refresh_token, all = false }) => {
      const left = await logOut(c.get('deps'), leavingBy(c, refresh_token), all)
      const cookie = refreshCookie(c)
      if (cookie !== undefined && leavesBehind(c.get('deps'), cookie, left)) clearRefreshCookie(c)
      return c.json({ status: 'success' })
    },
  )

  ownSessions(app)
}

/** A credential is taken from exactly one place: the header, else the body, else the cookie. */
function leavingBy(c: Context<AppEnv>, token: string | undefined): Leaving {
  const accessToken = bearerToken(c.req.raw)
  return accessToken === null ? requireToken(c, token) : { accessToken }
}

/** The place of the token is its transport, and the session compares it with its own. */
function requireToken(c: Context<AppEnv>, inBody: string | undefined): PresentedToken {
  if (inBody !== undefined) return { token: inBody, transport: 'body' }
  const inCookie = refreshCookie(c)
  if (inCookie !== undefined) return { token: inCookie, transport: 'cookie' }
  throw new AuthError(invalidRefreshToken, { reason: 'no token' })
}
