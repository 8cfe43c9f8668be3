import * as z from 'zod'
import { checkSecretKey } from './crypto/keys.ts'

/** In production a password costs at least this much: log2 of scrypt's N. */
const PASSWORD_COST_FLOOR = 15

const text = (sentence: string) => z.string({ error: sentence }).trim().min(1, sentence)
const whole = (low: number, high: number) =>
  z.coerce
    .number({ error: `must be a whole number from ${low} to ${high}` })
    .int(`must be a whole number from ${low} to ${high}`)
    .min(low, `must be a whole number from ${low} to ${high}`)
    .max(high, `must be a whole number from ${low} to ${high}`)
const url = (schemes: RegExp, sentence: string) => z.url({ protocol: schemes, error: sentence })
const web = url(/^https?$/, 'must be an http or https address')
/** A list, separated by commas or white space. */
const list = <T extends z.ZodType<unknown, string>>(member: T) =>
  z
    .string()
    .transform((line) => line.split(/[\s,]+/).filter(Boolean))
    .pipe(z.array(member))
const origin = z
  .string()
  .refine(
    (value) => URL.canParse(value) && new URL(value).origin === value,
    'must be origins like https://app.example.com',
  )

/** The one list of settings, by the names that an operator writes. docs/settings.md is compared with it. */
export const SETTINGS = {
  ENVIRONMENT: z
    .enum(['production', 'development'], { error: 'must be production or development' })
    .default('production'),
  APP_NAME: text('must be a name').default('Postern'),
  APP_VERSION: text('must be a version').default('0.1.0'),
  ISSUER: web,
  AUDIENCE: text('must be set'),
  PUBLIC_URL: web.optional(),
  DATABASE_URL: url(/^postgres(ql)?$/, 'must be a postgres:// address'),
  DATABASE_HTTP_URL: web.optional(),
  SECRET_KEY: text('must be set: 32 random bytes, for example from `openssl rand -base64 32`'),
  SECRET_KEYS_OLD: list(z.string()).default([]),
  PASSWORD_MIN_LENGTH: whole(1, 64).default(8),
  PASSWORD_COST: whole(4, 15).default(15),
  CORS_ORIGINS: list(origin).default([]),
  CLIENT_ADDRESS_HEADER: z
    .string()
    .regex(/^[A-Za-z0-9-]+$/, 'must be the name of a header')
    .default('CF-Connecting-IP'),
} as const

const Environment = z
  .object(SETTINGS)
  .superRefine((settings, context) => {
    const refuse = (name: keyof typeof SETTINGS, message: string) =>
      context.addIssue({ code: 'custom', path: [name], message })
    const production = settings.ENVIRONMENT === 'production'
    const problem = checkSecretKey(settings.SECRET_KEY)
    if (problem) refuse('SECRET_KEY', problem)
    if (production && settings.SECRET_KEY.startsWith('dev_')) {
      refuse('SECRET_KEY', 'was made for development and is refused in production')
    }
    if (settings.SECRET_KEYS_OLD.length > 2) refuse('SECRET_KEYS_OLD', 'may hold at most two keys')
    for (const key of settings.SECRET_KEYS_OLD) {
      const trouble = checkSecretKey(key)
      if (trouble) refuse('SECRET_KEYS_OLD', trouble)
    }
    if (production && settings.PASSWORD_COST < PASSWORD_COST_FLOOR) {
      refuse('PASSWORD_COST', `must be at least ${PASSWORD_COST_FLOOR} in production`)
    }
  })
  .transform((settings) => ({
    environment: settings.ENVIRONMENT,
    appName: settings.APP_NAME,
    appVersion: settings.APP_VERSION,
    issuer: settings.ISSUER,
    audience: settings.AUDIENCE,
    publicUrl: settings.PUBLIC_URL ?? settings.ISSUER,
    databaseUrl: settings.DATABASE_URL,
    databaseHttpUrl: settings.DATABASE_HTTP_URL,
    secretKey: settings.SECRET_KEY,
    secretKeysOld: settings.SECRET_KEYS_OLD,
    passwordMinLength: settings.PASSWORD_MIN_LENGTH,
    passwordCost: settings.PASSWORD_COST,
    corsOrigins: settings.CORS_ORIGINS,
    clientAddressHeader: settings.CLIENT_ADDRESS_HEADER,
  }))

export type Config = Readonly<z.output<typeof Environment>>

/** Names every bad setting at once, and the value of none. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/** An empty value counts as unset, since that is how one writes "none" in a file of variables. */
export function parseConfig(environment: object): Config {
  const given = Object.entries(environment).filter(([name, value]) => name in SETTINGS && value !== '')
  const parsed = Environment.safeParse(Object.fromEntries(given))
  if (parsed.success) return Object.freeze(parsed.data)
  const problems = parsed.error.issues.map((issue) => {
    const name = String(issue.path[0])
    const missing = !given.some(([known]) => known === name)
    return `${name} ${missing ? 'is missing' : issue.message}`
  })
  throw new ConfigError(`These settings need attention: ${[...new Set(problems)].join('; ')}.`)
}
