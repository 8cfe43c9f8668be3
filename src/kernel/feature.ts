import type { Config, Environment } from './config.ts'
import type { Deps } from './deps.ts'
import type { Failure } from './failure.ts'
import type { Setting } from './setting-kinds.ts'

export type Settings = Readonly<Record<string, Setting<unknown>>>

type ValueOf<Kind> = Kind extends Setting<infer Value> ? Value : never

/** What is given for some settings, by the names that an operator writes; the environment is known to everybody. */
export type Given<Some> = { [Name in keyof Some]: ValueOf<Some[Name]> } & { ENVIRONMENT: Environment }

/** Says of one setting what is wrong with it. The first problem that is said of a setting is the one that is told. */
export type Refuse<Name = string> = (name: Name, problem: string) => void

/** What works and yet is better otherwise. */
export type Warning = { code: string; reason: string }

/**
 * What a feature brings along. `http` and `events` add what a feature can bring to them (`declare module`); compose/features.ts
 * makes one list of each kind, and refuses a name that stands in two features.
 */
export interface Feature {
  name: string
  /** The features whose code this one may import. */
  dependsOn?: readonly Feature[]
  settings?: Settings
  /** The group of the configuration that is made of the settings. Called only where no setting was refused. */
  config?(given: object): Partial<Config>
  /** What one setting alone cannot show. A setting that could not be read is undefined here. */
  check?(given: object, refuse: Refuse, now: Date): void
  /** Said once by every isolate that starts. */
  warn?(config: Config): readonly Warning[]
  failures?: Readonly<Record<string, Failure>>
  /** With each sweep: forgets what nobody needs any more. */
  tidy?(deps: Deps): Promise<void>
}

export const feature = <const Described extends Feature>(described: Described): Described => described
