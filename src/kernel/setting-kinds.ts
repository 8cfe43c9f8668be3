import * as z from 'zod'
import { checkSecretKey } from '../crypto/secret-strength.ts'
import { webhookKey } from '../features/events/sinks/webhook-signature.ts'
import { isSender } from '../features/mail/address.ts'
import { whenNeeded } from './lazy.ts'

/** A setting that is left out is never looked at, so that a start makes the schemas of the ten that are given, and not of all. */
export type Setting<Value> = { read: (given: unknown) => z.ZodSafeParseResult<Value>; absent?: { value: Value } }

/** A kind of setting: demanded as it stands, and otherwise with what holds where it is left out. */
type Kind<Value> = Setting<Value> & {
  schema: () => z.ZodType<Value>
  optional: () => Setting<Value | undefined>
  default: (value: Value) => Setting<Value>
}

function kind<Value>(make: () => z.ZodType<Value>): Kind<Value> {
  const schema = whenNeeded(make)
  const read = (given: unknown) => schema().safeParse(given, { error: () => 'must be text' })
  return {
    schema,
    read,
    optional: () => ({ read, absent: { value: undefined } }),
    default: (value) => ({ read, absent: { value } }),
  }
}

/** The kinds of settings. Each says in words what it takes; none ever repeats what it was given. */

export const anything = kind(() => z.string())

export const text = (sentence: string) => kind(() => z.string({ error: sentence }).trim().min(1, sentence))

export const whole = (low: number, high: number) =>
  kind(() => {
    const sentence = `must be a whole number from ${low} to ${high}`
    return z.coerce.number({ error: sentence }).int(sentence).min(low, sentence).max(high, sentence)
  })

export const choice = <const Choices extends readonly [string, ...string[]]>(...choices: Choices) =>
  kind<Choices[number]>(() => z.enum(choices, { error: `must be one of ${choices.join(', ')}` }))

const isWeb = () => z.url({ protocol: /^https?$/, error: 'must be an http or https address' })

export const web = kind(isWeb)

export const postgres = kind(() => z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// address' }))

export const origin = kind(() =>
  z
    .string()
    .refine(
      (value) => URL.canParse(value) && new URL(value).origin === value,
      'must be origins like https://app.example.com',
    ),
)

const originOf = (address: string): string | null => {
  if (!URL.canParse(address)) return null
  const { origin, pathname, search, hash, username, password } = new URL(address)
  return pathname + search + hash + username + password === '/' ? origin : null
}

/** Where a whole service is: nothing of it is served under a path. */
export const isHome = (address: string): boolean => originOf(address) !== null

export const home = kind(() =>
  isWeb()
    .refine(isHome, 'must be an address without a path, like https://auth.example.com')
    .transform((address) => originOf(address) ?? address),
)

/** A page that a secret is handed to, after a #: that part never leaves the browser. */
export const page = kind(() =>
  isWeb().refine((value) => !value.includes('#'), 'must be an http or https address without a #'),
)

export const sender = kind(() => z.string().trim().refine(isSender, 'must be an address, or a name and <an address>'))

export const headerName = kind(() => z.string().regex(/^[A-Za-z0-9-]+$/, 'must be the name of a header'))

/** Separated by commas or white space. */
export const list = <Value>(member: Kind<Value>, most = Number.POSITIVE_INFINITY) =>
  kind(() =>
    z
      .string()
      .transform((line) => line.split(/[\s,]+/).filter(Boolean))
      .pipe(z.array(member.schema() as z.ZodType<Value, string>))
      .refine((values) => values.length <= most, `may hold at most ${most}`),
  )

export const secretKey = kind(() =>
  z.string().superRefine((key, context) => {
    const problem = checkSecretKey(key)
    if (problem) context.addIssue(problem)
  }),
)

/** A secret that only has to be long. */
export const longSecret = (least: number) =>
  kind(() => z.string().min(least, `must hold keys of at least ${least} characters`))

/** What Kafka itself takes as the name of a topic. */
export const topicName = kind(() =>
  z.string().regex(/^(?!\.{1,2}$)[A-Za-z0-9._-]{1,249}$/, 'must be a name that Kafka takes for a topic'),
)

const isCredential = () => z.string().regex(/^[\x20-\x7e]+$/, 'may hold printable ASCII characters only')

/** A name or password of HTTP Basic (RFC 7617). */
export const credential = kind(isCredential)
export const credentialName = kind(() => isCredential().refine((name) => !name.includes(':'), 'may not hold a colon'))

export const webhookSecret = kind(() =>
  z
    .string()
    .refine(
      (line) => line.split('|').length <= 2 && line.split('|').every(webhookKey),
      'must hold secrets of 24 to 64 bytes in base64 behind whsec_, or two of them joined by |',
    ),
)
