import { env } from 'cloudflare:workers'
import { parseConfig } from '../../src/compose/config.ts'

/** What holds where nothing is set: the tests' own settings leave the guard alone. */
export const DEFAULT_LIMITS = parseConfig(env).guard
