import * as z from 'zod'
import { lazy } from './lazy.ts'

/** An absent setting is never parsed, so a start makes only the schemas of the settings that are given. */
export type Setting<Value> = { read: (given: unknown) => z.ZodSafeParseResult<Value>; absent?: { value: Value } }

/** A kind of setting: required by itself, optional or with a default. */
type Kind<Value> = Setting<Value> & {
  schema: () => z.ZodType<Value>
  optional: () => Setting<Value | undefined>
  default: (value: Value) => Setting<Value>
}

export function kind<Value>(make: () => z.ZodType<Value>): Kind<Value> {
  const schema = lazy(make)
  const read = (given: unknown) => schema().safeParse(given, { error: () => 'must be text' })
  return {
    schema,
    read,
    optional: () => ({ read, absent: { value: undefined } }),
    default: (value) => ({ read, absent: { value } }),
  }
}

/** The kinds of settings. Their messages describe what is accepted and never repeat the value. */

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

/** Separated by commas or white space. */
export const list = <Value>(member: Kind<Value>, most = Number.POSITIVE_INFINITY) =>
  kind(() =>
    z
      .string()
      .transform((line) => line.split(/[\s,]+/).filter(Boolean))
      .pipe(z.array(member.schema() as z.ZodType<Value, string>))
      .refine((values) => values.length <= most, `may hold at most ${most}`),
  )
