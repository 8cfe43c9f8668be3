import { signingKeyProblems } from '../crypto/signing-keys.ts'
import { checkEvents, eventsFrom } from '../features/events/settings.ts'
import { guardLimitsOf } from '../features/guard/settings.ts'
import { codesFrom, mailFrom, mailProblems } from '../features/mail/settings.ts'
import { isHome, type Setting } from '../kernel/setting-kinds.ts'
import { type Given, type Name, SETTINGS } from './settings.ts'

/** In production a password costs at least this much: log2 of scrypt's N. */
const PASSWORD_COST_FLOOR = 15
const DAY = 24 * 60 * 60

export type Refuse = (name: Name, problem: string) => void

const signingKeysOf = (given: Given) => ({
  algorithm: given.ALGORITHM,
  signingKeys: [given.SIGNING_KEY_1, given.SIGNING_KEY_2, given.SIGNING_KEY_3, given.SIGNING_KEY_4],
  jwtSecret: given.JWT_SECRET,
})

const FOR_DEVELOPMENT = 'was made for development and is refused in production'
const isForDevelopment = (key: string | undefined) => key?.startsWith('dev_') === true

/** What one setting alone cannot show. */
function checkTogether(given: Given, refuse: Refuse, now: Date) {
  const production = given.ENVIRONMENT === 'production'
  if (production && isForDevelopment(given.SECRET_KEY)) refuse('SECRET_KEY', FOR_DEVELOPMENT)
  if (production && given.SECRET_KEYS_OLD?.some(isForDevelopment)) refuse('SECRET_KEYS_OLD', FOR_DEVELOPMENT)
  if (production && given.PASSWORD_COST < PASSWORD_COST_FLOOR) {
    refuse('PASSWORD_COST', `must be at least ${PASSWORD_COST_FLOOR} in production`)
  }
  if (given.REFRESH_TOKEN_EXPIRE_DAYS && given.REFRESH_TOKEN_EXPIRE_MINUTES) {
    refuse('REFRESH_TOKEN_EXPIRE_MINUTES', 'may not stand beside REFRESH_TOKEN_EXPIRE_DAYS: choose one')
  }
  if (given.ACCOUNT_THROTTLE_SECONDS > given.ACCOUNT_THROTTLE_MAX_SECONDS) {
    refuse('ACCOUNT_THROTTLE_SECONDS', 'may not be more than ACCOUNT_THROTTLE_MAX_SECONDS')
  }
  if (given.ISSUER && !given.PUBLIC_URL && !isHome(given.ISSUER)) {
    refuse('PUBLIC_URL', 'is needed where ISSUER has a path, since links in mails lead to where the service is')
  }
  for (const { name, problem } of mailProblems(given)) refuse(name, problem)
  checkEvents(given, refuse)
  // Without an algorithm nobody can say which keys it needs; that it is wrong has been said.
  const problems = given.ALGORITHM ? signingKeyProblems(signingKeysOf(given), now) : []
  for (const { slot, problem } of problems) {
    refuse(slot === 'jwtSecret' ? 'JWT_SECRET' : (`SIGNING_KEY_${slot}` as Name), problem)
  }
}

const configOf = (given: Given) => ({
  environment: given.ENVIRONMENT,
  appName: given.APP_NAME,
  appVersion: given.APP_VERSION,
  issuer: given.ISSUER,
  audience: given.AUDIENCE,
  publicUrl: given.PUBLIC_URL ?? new URL(given.ISSUER).origin,
  databaseUrl: given.DATABASE_URL,
  databaseHttpUrl: given.DATABASE_HTTP_URL,
  secretKey: given.SECRET_KEY,
  oldSecretKeys: given.SECRET_KEYS_OLD,
  signing: signingKeysOf(given),
  accessTokenSeconds: given.ACCESS_TOKEN_EXPIRE_MINUTES * 60,
  session: {
    idleSeconds: given.REFRESH_TOKEN_EXPIRE_MINUTES
      ? given.REFRESH_TOKEN_EXPIRE_MINUTES * 60
      : (given.REFRESH_TOKEN_EXPIRE_DAYS ?? 30) * DAY,
    absoluteSeconds: given.ABSOLUTE_SESSION_DAYS * DAY,
    graceSeconds: given.REFRESH_GRACE_SECONDS,
    cap: given.MAX_ACTIVE_SESSIONS,
    onFull: given.SESSION_LIMIT_POLICY,
  },
  logoutEnds: given.LOGOUT_ENDS,
  guard: guardLimitsOf(given),
  passwordMinLength: given.PASSWORD_MIN_LENGTH,
  passwordCost: given.PASSWORD_COST,
  breachCheck: given.BREACH_CHECK === 'on',
  codes: codesFrom(given),
  mail: mailFrom(given),
  corsOrigins: given.CORS_ORIGINS,
  backendKeys: given.BACKEND_KEYS,
  clientAddressHeader: given.CLIENT_ADDRESS_HEADER,
  events: eventsFrom(given),
})

export type Config = Readonly<ReturnType<typeof configOf>>

/** Names every bad setting at once, and the value of none. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/** An empty value counts as unset, since that is how one writes "none" in a file of variables. */
export function parseConfig(environment: object, now = new Date()): Config {
  const written = new Map<string, unknown>(Object.entries(environment))
  const problems = new Map<Name, string>()
  // The first problem of a setting is its own; what it lacks beside others may only be that it could not be read.
  const refuse: Refuse = (name, problem) => void (problems.has(name) || problems.set(name, problem))
  const given: Record<string, unknown> = {}
  for (const [name, { read, absent }] of Object.entries(SETTINGS) as [Name, Setting<unknown>][]) {
    const value = written.get(name) || undefined
    if (value === undefined) {
      given[name] = absent?.value
      if (!absent) refuse(name, 'is missing')
      continue
    }
    const parsed = read(value)
    given[name] = parsed.data
    if (!parsed.success) refuse(name, parsed.error.issues[0]?.message ?? 'is not valid')
  }
  // Looked at even where single settings are wrong already, so that one message names them all.
  checkTogether(given as Given, refuse, now)
  const sentences = [...problems].map(([name, problem]) => `${name} ${problem}`)
  if (sentences.length > 0) throw new ConfigError(`These settings need attention: ${sentences.join('; ')}.`)
  return Object.freeze(configOf(given as Given))
}

/** What works and yet is better otherwise, said once by every isolate that starts. */
export function warningsAbout({ mail, codes }: Pick<Config, 'mail' | 'codes'>) {
  if (!mail || codes.resetUrl) return []
  const reason =
    'RESET_URL is not set: mails about forgotten passwords carry digits and no link, and strangers can use the digits up.'
  return [{ code: 'reset_url_unset', reason }]
}
