import { account } from '../features/account/feature.ts'
import { api } from '../features/api/feature.ts'
import { codes } from '../features/codes/feature.ts'
import { email } from '../features/email/feature.ts'
import type { Catalogue } from '../features/events/catalogue.ts'
import { events } from '../features/events/feature.ts'
import { guard } from '../features/guard/feature.ts'
import { health } from '../features/health/feature.ts'
import { keys } from '../features/keys/feature.ts'
import { login } from '../features/login/feature.ts'
import { mail } from '../features/mail/feature.ts'
import { passwords } from '../features/passwords/feature.ts'
import { recovery } from '../features/recovery/feature.ts'
import { registration } from '../features/registration/feature.ts'
import { sessions } from '../features/sessions/feature.ts'
import { users } from '../features/users/feature.ts'
import type { Failure } from '../kernel/failure.ts'
import type { Feature, Given, Settings } from '../kernel/feature.ts'
import { service } from './service.ts'

/** Every feature there is. Their order is that of every list of what they bring: of sinks, the one that ends sessions comes first. */
const EACH = [
  service,
  registration,
  login,
  sessions,
  account,
  email,
  recovery,
  keys,
  mail,
  users,
  passwords,
  codes,
  guard,
  events,
  api,
  health,
] as const

export const FEATURES: readonly Feature[] = EACH

/** One list of what all features bring of a kind, by name. A name that stands in two of them would hide one of the two. */
export function fold<Value>(
  features: readonly Feature[],
  bring: (feature: Feature) => Readonly<Record<string, Value>>,
) {
  const all: Record<string, Value> = {}
  for (const one of features) {
    for (const [name, value] of Object.entries(bring(one))) {
      if (Object.hasOwn(all, name)) throw new Error(`Two features name ${name}; the second is ${one.name}.`)
      all[name] = value
    }
  }
  return all
}

type Each = (typeof EACH)[number]
type Brought<Kind extends string> = Each extends infer One
  ? One extends Record<Kind, infer Some>
    ? Some
    : never
  : never
type Both<Union> = (Union extends unknown ? (one: Union) => void : never) extends (all: infer All) => void ? All : never
type AllSettings = Both<Brought<'settings'>>
type Values<Some> = Some extends Readonly<Record<string, infer Value>> ? Value : never

export const SETTINGS = fold(FEATURES, ({ settings = {} }) => settings) as AllSettings & Settings
export type SettingName = keyof AllSettings & string
export type AllGiven = Given<AllSettings>

/** By code. */
export const FAILURES: Readonly<Record<string, Failure>> = fold(FEATURES, ({ failures = {} }) =>
  Object.fromEntries(Object.values(failures).map((failure) => [failure.code, failure])),
)
export type FailureCode = Values<Brought<'failures'>>['code']

export const CATALOGUE: Catalogue = fold(FEATURES, ({ events = {} }) => events)
