import type { Context } from 'hono'
import type { AppEnv } from '../../http/app-env.ts'
import { setDeviceCookie, setRefreshCookie } from './cookies.ts'
import type { Issued } from './issue-tokens.ts'

/** Where the refresh token travels is the session's to say: in the body, or in a cookie. */
export function answerTokens(c: Context<AppEnv>, issued: Issued & { deviceToken?: string }) {
  const { transport, accessToken, accessSeconds, refreshToken, refreshSeconds, deviceToken } = issued
  const inBody = { access_token: accessToken, token_type: 'bearer', expires_in: accessSeconds }
  if (transport === 'body') return c.json({ ...inBody, refresh_token: refreshToken, device_token: deviceToken })
  setRefreshCookie(c, refreshToken, refreshSeconds)
  if (deviceToken !== undefined) setDeviceCookie(c, deviceToken)
  return c.json(inBody)
}
