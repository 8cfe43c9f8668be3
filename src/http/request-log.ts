import type { Context } from 'hono'
import { pseudonym } from '../crypto/keys.ts'
import { log } from '../kernel/log.ts'
import type { AppEnv } from './app-env.ts'
import { ERRORS_OF_ANY_ROUTE } from './frame-errors.ts'

/**
 * One line of JSON for each request. It names the route and never the address typed, the client by a keyed pseudonym and
 * never by its address, and of an error our own words alone.
 */
export function logRequest(c: Context<AppEnv>, id: string, ms: number): void {
  const [deps, route, failure] = [c.get('deps'), c.get('route'), c.get('failure')]
  if (route?.quiet && !failure) return
  const undeclared = route && failure && ![...route.errors, ...ERRORS_OF_ANY_ROUTE].includes(failure.failure)
  const line = {
    request: id,
    method: c.req.method,
    route: route?.path ?? null,
    status: c.res.status,
    ms,
    client: deps?.client.address ? pseudonym(deps.keys, deps.client.address) : null,
    country: deps?.client.country ?? null,
    ...(failure && { code: failure.code }),
    ...(failure?.reason && { reason: failure.reason }),
    ...(undeclared && { undeclared: true }),
  }
  const write = failure && (failure.failure.status >= 500 || undeclared) ? log.error : log.info
  write(line)
}
