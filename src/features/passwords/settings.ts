import type { Given, Refuse } from '../../kernel/feature.ts'
import { choice, whole } from '../../kernel/setting-kinds.ts'
import { LEAST_MIN_LENGTH } from './password-rules.ts'

/** In production a password costs at least this much: log2 of scrypt's N. */
const COST_FLOOR = 15

export const settings = {
  PASSWORD_MIN_LENGTH: whole(LEAST_MIN_LENGTH, 64).default(8),
  PASSWORD_COST: whole(4, 15).default(15),
  BREACH_CHECK: choice('off', 'on').default('off'),
}

type Told = Given<typeof settings>

const passwordsOf = (given: Told) => ({
  minLength: given.PASSWORD_MIN_LENGTH,
  cost: given.PASSWORD_COST,
  breachCheck: given.BREACH_CHECK === 'on',
})

declare module '../../kernel/config.ts' {
  interface Config {
    readonly passwords: ReturnType<typeof passwordsOf>
  }
}

export const config = (given: Told) => ({ passwords: passwordsOf(given) })

export function check(given: Told, refuse: Refuse<keyof Told>) {
  if (given.ENVIRONMENT === 'production' && given.PASSWORD_COST < COST_FLOOR) {
    refuse('PASSWORD_COST', `must be at least ${COST_FLOOR} in production`)
  }
}
