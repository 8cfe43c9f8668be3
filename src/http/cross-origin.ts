import type { MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'
import type { AppEnv } from './app-env.ts'

/** Only the listed origins, named one by one: a wildcard could not carry credentials and would invite everybody. */
const answerOrigin: MiddlewareHandler<AppEnv> = cors({
  origin: (origin, c) => (c.get('deps').config.corsOrigins.includes(origin) ? origin : null),
  credentials: true,
  allowMethods: ['GET', 'POST', 'PATCH', 'DELETE'],
  allowHeaders: ['Authorization', 'Content-Type'],
  exposeHeaders: ['Retry-After', 'X-Request-Id'],
  maxAge: 600,
})

/**
 * hono's `cors` sets headers before the answer exists, so hono makes an empty answer and copies it: a tenth of the cost of a
 * refresh. Requests without `Origin` skip it.
 */
export const crossOrigin: MiddlewareHandler<AppEnv> = async function crossOrigin(c, next) {
  if (c.req.raw.headers.has('origin')) return answerOrigin(c, next)
  await next()
}
