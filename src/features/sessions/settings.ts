import type { Given, Refuse } from '../../kernel/feature.ts'
import { choice, whole } from '../../kernel/setting-kinds.ts'
import * as signing from './signing-settings.ts'

const DAY = 24 * 60 * 60

export const settings = {
  ...signing.settings,
  ACCESS_TOKEN_EXPIRE_MINUTES: whole(1, 24 * 60).default(15),
  REFRESH_TOKEN_EXPIRE_DAYS: whole(1, 3_650).optional(),
  REFRESH_TOKEN_EXPIRE_MINUTES: whole(1, 3_650 * 24 * 60).optional(),
  ABSOLUTE_SESSION_DAYS: whole(1, 3_650).default(90),
  REFRESH_GRACE_SECONDS: whole(0, 60).default(10),
  MAX_ACTIVE_SESSIONS: whole(1, 100).default(5),
  SESSION_LIMIT_POLICY: choice('evict', 'refuse').default('evict'),
  LOGOUT_ENDS: choice('one', 'all').default('one'),
}

type Told = Given<typeof settings>

const sessionsOf = (given: Told) => ({
  accessTokenSeconds: given.ACCESS_TOKEN_EXPIRE_MINUTES * 60,
  idleSeconds: given.REFRESH_TOKEN_EXPIRE_MINUTES
    ? given.REFRESH_TOKEN_EXPIRE_MINUTES * 60
    : (given.REFRESH_TOKEN_EXPIRE_DAYS ?? 30) * DAY,
  absoluteSeconds: given.ABSOLUTE_SESSION_DAYS * DAY,
  graceSeconds: given.REFRESH_GRACE_SECONDS,
  cap: given.MAX_ACTIVE_SESSIONS,
  onFull: given.SESSION_LIMIT_POLICY,
  logoutEnds: given.LOGOUT_ENDS,
})

declare module '../../kernel/config.ts' {
  interface Config {
    readonly sessions: ReturnType<typeof sessionsOf>
  }
}

export const config = (given: Told) => ({ ...signing.config(given), sessions: sessionsOf(given) })

export function check(given: Told, refuse: Refuse<keyof Told>, now: Date) {
  if (given.REFRESH_TOKEN_EXPIRE_DAYS && given.REFRESH_TOKEN_EXPIRE_MINUTES) {
    refuse('REFRESH_TOKEN_EXPIRE_MINUTES', 'may not stand beside REFRESH_TOKEN_EXPIRE_DAYS: choose one')
  }
  signing.check(given, refuse, now)
}
