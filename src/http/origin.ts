import type { Config } from '../kernel/config.ts'
import { AuthError } from '../kernel/failure.ts'
import { foreignOrigin } from './failures.ts'

/**
 * Who may send a request that a browser could have been tricked into sending. `same-site` alone is foreign: a neighbour on
 * another subdomain is another party. Neither header: not a browser, and so nobody's cookies.
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
