import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { DEVICE_TOKEN_SECONDS } from '../../crypto/device-token.ts'

/** `__Host-` makes browsers refuse it from a subdomain, without Secure, or for a part of the site (RFC 6265bis §4.1.3.2). */
const REFRESH = 'postern_refresh'
const DEVICE = 'postern_device'
const STRICT = { prefix: 'host', httpOnly: true, secure: true, sameSite: 'Strict', path: '/' } as const

export const refreshCookie = (c: Context): string | undefined => getCookie(c, REFRESH, 'host') || undefined
export const deviceCookie = (c: Context): string | undefined => getCookie(c, DEVICE, 'host') || undefined

export const setRefreshCookie = (c: Context, token: string, seconds: number) =>
  setCookie(c, REFRESH, token, { ...STRICT, maxAge: seconds })

export const setDeviceCookie = (c: Context, token: string) =>
  setCookie(c, DEVICE, token, { ...STRICT, maxAge: DEVICE_TOKEN_SECONDS })

/** Never `"cookies"`: that would log the browser out of every subdomain, and forget the device. */
export function clearRefreshCookie(c: Context) {
  deleteCookie(c, REFRESH, STRICT)
  c.header('Clear-Site-Data', '"cache", "storage"')
}
