import type { MiddlewareHandler } from 'hono'
import type { AppEnv } from '../app.ts'

/** Cloudflare's own id where there is one, so that our log and the platform's tell of the same request. */
export const requestId: MiddlewareHandler<AppEnv> = async function requestId(c, next) {
  const ray = c.req.header('cf-ray')
  c.set('requestId', ray && /^[0-9a-f]{16}(-[A-Z]{3})?$/.test(ray) ? ray : crypto.randomUUID())
  await next()
  c.res.headers.set('X-Request-Id', c.var.requestId)
}
