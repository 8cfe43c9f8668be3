import type { MiddlewareHandler } from 'hono'
import type { AppEnv } from '../app.ts'
import { pseudonym } from '../crypto/keys.ts'
import { ERRORS } from '../errors.ts'
import { log } from '../platform/log.ts'
import { ERRORS_OF_ANY_ROUTE } from './frame-errors.ts'

/**
 * One line of JSON for each request. It names the route and never the address typed, the client by a keyed pseudonym and
 * never by its address, and of an error our own words alone.
 */
export const requestLog: MiddlewareHandler<AppEnv> = async function requestLog(c, next) {
  const started = Date.now()
  await next()
  const { failure, route, deps, requestId } = c.var
  const undeclared = route && failure && !route.errors.concat(ERRORS_OF_ANY_ROUTE).includes(failure.code)
  const line = {
    request: requestId,
    method: c.req.method,
    route: route?.path ?? null,
    status: c.res.status,
    ms: Date.now() - started,
    client: deps?.client.address ? pseudonym(deps.keys, deps.client.address) : null,
    country: deps?.client.country ?? null,
    ...(failure && { code: failure.code }),
    ...(failure?.reason && { reason: failure.reason }),
    ...(undeclared && { undeclared: true }),
  }
  const write = failure && (ERRORS[failure.code].status >= 500 || undeclared) ? log.error : log.info
  write(line)
}
