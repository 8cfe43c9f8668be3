import type { Catalogue } from '../features/events/catalogue.ts'
import type { Failure } from '../kernel/failure.ts'
import type { Feature, Given, Settings } from '../kernel/feature.ts'
import * as list from './feature-list.ts'

export const FEATURES: readonly Feature[] = Object.values(list)

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

type Each = (typeof list)[keyof typeof list]
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
