import { createMiddleware } from 'hono/factory'
import type { Verification, VerifyRpc } from './postern.ts'

export type SignedIn = { Bindings: { AUTH: VerifyRpc }; Variables: { user: Verification } }

/** Nobody gets past who is not logged in at this moment. Whoever may wait for a few seconds more passes `maxStaleness`. */
export const signedIn = createMiddleware<SignedIn>(async (c, next) => {
  const [, token] = /^Bearer +([^ ]+)$/i.exec(c.req.header('authorization') ?? '') ?? []
  if (!token) return c.text('Log in first.\n', 401, { 'www-authenticate': 'Bearer' })
  const answer = await c.env.AUTH.verify({ token }).catch(() => ({ ok: false, error: 'unavailable' }) as const)
  if (answer.ok) {
    c.set('user', answer.value)
    return next()
  }
  if (answer.error !== 'invalid_access_token') return c.text('Try again shortly.\n', 503, { 'retry-after': '1' })
  return c.text('Log in again.\n', 401, { 'www-authenticate': 'Bearer error="invalid_token"' })
})
