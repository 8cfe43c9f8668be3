import * as z from 'zod'
import { signingKeyProblems } from './crypto/signing-keys.ts'
import { checkEvents, eventsFrom } from './events/settings.ts'
import { guardLimitsOf } from './guard/settings.ts'
import { codesFrom, mailFrom, mailProblems } from './mail/settings.ts'
import {
  choice,
  credential,
  credentialName,
  headerName,
  list,
  origin,
  page,
  postgres,
  secretKey,
  sender,
  text,
  topicName,
  web,
  webhookSecrets,
  whole,
} from './settings-kinds.ts'

/** In production a password costs at least this much: log2 of scrypt's N. */
const PASSWORD_COST_FLOOR = 15
const DAY = 24 * 60 * 60

/** The one list of settings, by the names that an operator writes. docs/settings.md is compared with it. */
export const SETTINGS = {
  ENVIRONMENT: choice('production', 'development').default('production'),
  APP_NAME: text('must be a name').default('Postern'),
  APP_VERSION: text('must be a version').default('0.1.0'),
  ISSUER: web,
  AUDIENCE: text('must be set'),
  PUBLIC_URL: web.optional(),
  DATABASE_URL: postgres,
  DATABASE_HTTP_URL: web.optional(),
  SECRET_KEY: secretKey,
  SECRET_KEYS_OLD: list(secretKey)
    .refine((keys) => keys.length <= 2, 'may hold at most two keys')
    .default([]),
  ALGORITHM: choice('ES256', 'EdDSA', 'RS256', 'HS256').default('ES256'),
  SIGNING_KEY_1: z.string().optional(),
  SIGNING_KEY_2: z.string().optional(),
  SIGNING_KEY_3: z.string().optional(),
  SIGNING_KEY_4: z.string().optional(),
  JWT_SECRET: z.string().optional(),
  ACCESS_TOKEN_EXPIRE_MINUTES: whole(1, 24 * 60).default(15),
  REFRESH_TOKEN_EXPIRE_DAYS: whole(1, 3_650).optional(),
  REFRESH_TOKEN_EXPIRE_MINUTES: whole(1, 3_650 * 24 * 60).optional(),
  ABSOLUTE_SESSION_DAYS: whole(1, 3_650).default(90),
  REFRESH_GRACE_SECONDS: whole(0, 60).default(10),
  MAX_ACTIVE_SESSIONS: whole(1, 100).default(5),
  SESSION_LIMIT_POLICY: choice('evict', 'refuse').default('evict'),
  LOGOUT_ENDS: choice('one', 'all').default('one'),
  MAX_LOGIN_ATTEMPTS: whole(1, 100).default(5),
  LOGIN_BLOCK_TIME: whole(1, DAY).default(300),
  MAX_DEVICE_ATTEMPTS: whole(1, 100).default(5),
  DEVICE_BLOCK_TIME: whole(1, DAY).default(300),
  MAX_ADDRESS_ATTEMPTS: whole(1, 1_000).default(100),
  ADDRESS_BLOCK_TIME: whole(1, DAY).default(900),
  MAX_ACCOUNT_ATTEMPTS: whole(1, 1_000).default(50),
  ACCOUNT_WINDOW_HOURS: whole(1, 7 * 24).default(24),
  ACCOUNT_THROTTLE_SECONDS: whole(1, 3_600).default(30),
  ACCOUNT_THROTTLE_MAX_SECONDS: whole(1, DAY).default(900),
  KNOWN_NETWORKS: whole(1, 50).default(10),
  KNOWN_NETWORK_DAYS: whole(1, 365).default(30),
  PASSWORD_MIN_LENGTH: whole(8, 64).default(8),
  PASSWORD_COST: whole(4, 15).default(15),
  BREACH_CHECK: choice('off', 'on').default('off'),
  EMAIL_VERIFICATION: choice('off', 'after', 'before').default('off'),
  RESET_URL: page.optional(),
  CODE_LENGTH: whole(6, 10).default(6),
  RESET_ALARM_PER_HOUR: whole(1, 5_000).default(100),
  RESEND_API_KEY: z.string().optional(),
  RESEND_BASE_URL: web.default('https://api.resend.com'),
  MAIL_FROM: sender.optional(),
  MAX_ADDRESS_MAILS: whole(1, 1_000).default(20),
  MAX_MAILBOX_MAILS: whole(1, 100).default(10),
  MAX_MAILS_PER_HOUR: whole(1, 5_000).default(1_000),
  CORS_ORIGINS: list(origin).default([]),
  BACKEND_KEYS: list(z.string().min(32, 'must hold keys of at least 32 characters')).default([]),
  CLIENT_ADDRESS_HEADER: headerName.default('CF-Connecting-IP'),
  EVENTS_TOPIC: topicName.default('uploading_data'),
  UPSTASH_KAFKA_REST_URL: web.optional(),
  UPSTASH_KAFKA_REST_USERNAME: credentialName.optional(),
  UPSTASH_KAFKA_REST_PASSWORD: credential.optional(),
  KAFKA_REST_URL: web.optional(),
  KAFKA_REST_USERNAME: credentialName.optional(),
  KAFKA_REST_PASSWORD: credential.optional(),
  RABBITMQ_HTTP_URL: web.optional(),
  RABBITMQ_EXCHANGE: text('must be the name of an exchange').default('amq.topic'),
  RABBITMQ_VHOST: text('must be the name of a virtual host').default('/'),
  RABBITMQ_USERNAME: credentialName.optional(),
  RABBITMQ_PASSWORD: credential.optional(),
  WEBHOOKS: list(web).default([]),
  WEBHOOK_SECRETS: webhookSecrets.default([]),
  WEBHOOKS_ALLOW_PRIVATE: choice('off', 'on').default('off'),
  OUTBOX_MAX_TRIES: whole(1, 100).default(20),
  OUTBOX_RETENTION_DAYS: whole(1, 365).default(30),
} as const

export type Given = z.output<z.ZodObject<typeof SETTINGS>>
type Name = keyof typeof SETTINGS
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
  publicUrl: given.PUBLIC_URL ?? given.ISSUER,
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
  const problems: string[] = []
  const refuse: Refuse = (name, problem) => problems.push(`${name} ${problem}`)
  const given: Record<string, unknown> = {}
  for (const [name, kind] of Object.entries(SETTINGS) as [Name, z.ZodType][]) {
    const value = written.get(name) || undefined
    const parsed = kind.safeParse(value)
    given[name] = parsed.data
    if (!parsed.success)
      refuse(name, value === undefined ? 'is missing' : (parsed.error.issues[0]?.message ?? 'is not valid'))
  }
  // Looked at even where single settings are wrong already, so that one message names them all.
  checkTogether(given as Given, refuse, now)
  if (problems.length > 0) throw new ConfigError(`These settings need attention: ${problems.join('; ')}.`)
  return Object.freeze(configOf(given as Given))
}
