import type { Context } from 'hono'
import type { App, AppEnv } from '../../compose/app.ts'
import { bearerToken } from '../../http/bearer.ts'
import { endpoint } from '../../http/endpoint.ts'
import { AuthError } from '../../kernel/errors.ts'
import { type LoggedIn, logIn } from '../login/log-in.ts'
import { clearRefreshCookie, deviceCookie, refreshCookie, setDeviceCookie, setRefreshCookie } from './cookies.ts'
import type { Issued } from './issue-tokens.ts'
import { type Leaving, leavesBehind, logOut } from './log-out.ts'
import { type PresentedToken, refresh } from './refresh.ts'
import { LogInRequest, LogOutRequest, RefreshRequest, Success, Tokens } from './wire.ts'

/** The path that a backend for a frontend knows: what logs in there travels in the cookie. */
const COOKIE_LOG_IN = '/login'

export function sessions(app: App) {
  endpoint(
    app,
    {
      method: 'post',
      paths: ['/auth/login', COOKIE_LOG_IN],
      tag: 'Session',
      summary: 'Log in',
      body: LogInRequest,
      answer: { status: 200, description: 'The tokens of a new session.', schema: Tokens },
      errors: [
        'invalid_credentials',
        'account_disabled',
        'email_unverified',
        'address_unknown',
        'session_limit_reached',
        'too_many_attempts',
        'unavailable',
      ],
      cookies: true,
    },
    async (c, { identifier, password, transport, device_token }) => {
      const byCookie = transport === 'cookie' || c.get('route')?.path === COOKIE_LOG_IN
      const answer = await logIn(c.get('deps'), {
        identifier,
        password,
        deviceToken: device_token ?? deviceCookie(c),
        transport: byCookie ? 'cookie' : 'body',
      })
      return answerTokens(c, answer)
    },
  )

  endpoint(
    app,
    {
      method: 'post',
      paths: ['/auth/refresh', '/auth/refresh_token', '/refresh-token'],
      tag: 'Session',
      summary: 'Refresh',
      body: RefreshRequest,
      answer: { status: 200, description: 'New tokens of the same session.', schema: Tokens },
      errors: ['invalid_refresh_token', 'address_unknown', 'too_many_attempts', 'unavailable'],
      cookies: true,
    },
    async (c, { refresh_token }) => answerTokens(c, await refresh(c.get('deps'), demandToken(c, refresh_token))),
  )

  endpoint(
    app,
    {
      method: 'post',
      paths: ['/auth/logout', '/logout'],
      tag: 'Session',
      summary: 'Log out',
      body: LogOutRequest,
      answer: { status: 200, description: 'The session has ended, now or before.', schema: Success },
      errors: ['invalid_access_token', 'invalid_refresh_token', 'too_many_attempts', 'unavailable'],
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
}

/** A credential is taken from exactly one place: the header, else the body, else the cookie. */
function leavingBy(c: Context<AppEnv>, token: string | undefined): Leaving {
  const accessToken = bearerToken(c.req.raw)
  return accessToken === null ? demandToken(c, token) : { accessToken }
}

/** Where a token was found is how it travels, and its session knows how it must. */
function demandToken(c: Context<AppEnv>, inBody: string | undefined): PresentedToken {
  if (inBody !== undefined) return { token: inBody, transport: 'body' }
  const inCookie = refreshCookie(c)
  if (inCookie !== undefined) return { token: inCookie, transport: 'cookie' }
  throw new AuthError('invalid_refresh_token', { reason: 'no token' })
}

function answerTokens(c: Context<AppEnv>, issued: Issued | LoggedIn) {
  const { transport, accessToken, accessSeconds, refreshToken, refreshSeconds } = issued
  const deviceToken = 'deviceToken' in issued ? issued.deviceToken : undefined
  const inBody = { access_token: accessToken, token_type: 'bearer', expires_in: accessSeconds }
  if (transport === 'body') return c.json({ ...inBody, refresh_token: refreshToken, device_token: deviceToken })
  setRefreshCookie(c, refreshToken, refreshSeconds)
  if (deviceToken !== undefined) setDeviceCookie(c, deviceToken)
  return c.json(inBody)
}
