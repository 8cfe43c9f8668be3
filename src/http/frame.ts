import type { MiddlewareHandler } from 'hono'
import type { AppEnv } from './app-env.ts'
import { requestIdOf } from './request-id.ts'
import { logRequest } from './request-log.ts'
import { protect } from './security-headers.ts'

/** What is around every answer, whatever it is: an id, the headers, a line in the log. */
export const frame: MiddlewareHandler<AppEnv> = async function frame(c, next) {
  const started = Date.now()
  const id = requestIdOf(c.req.raw)
  await next()
  const { headers } = c.res
  headers.set('X-Request-Id', id)
  protect(headers)
  logRequest(c, id, Date.now() - started)
}
