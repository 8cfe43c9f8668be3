import type { Config } from '../kernel/config.ts'
import { AuthError } from '../kernel/failure.ts'
import { foreignOrigin } from './failures.ts'

/**
 * Refuses requests that a foreign page made a browser send. `same-site` counts as foreign, since another subdomain is another
 * party. A request with neither header comes from no browser and carries no cookies of a victim.
 */
export function requireOwnOrigin(request: Request, config: Pick<Config, 'publicUrl' | 'corsOrigins'>) {
  const site = request.headers.get('sec-fetch-site')
  const origin = request.headers.get('origin')
  if (site === null && origin === null) return
  if (site === 'same-origin') return
  if (origin !== null && config.corsOrigins.includes(origin)) return
  if (site === null && origin === new URL(config.publicUrl).origin) return
  throw new AuthError(foreignOrigin)
}
