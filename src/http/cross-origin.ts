import type { MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'
import type { AppEnv } from '../app.ts'

/** Only the listed origins, named one by one: a wildcard could not carry credentials and would invite everybody. */
export const crossOrigin: MiddlewareHandler<AppEnv> = cors({
  origin: (origin, c) => (c.var.deps.config.corsOrigins.includes(origin) ? origin : null),
  credentials: true,
  allowMethods: ['GET', 'POST', 'PATCH', 'DELETE'],
  allowHeaders: ['Authorization', 'Content-Type'],
  exposeHeaders: ['Retry-After', 'X-Request-Id'],
  maxAge: 600,
})
