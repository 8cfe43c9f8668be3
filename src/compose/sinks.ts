import type { ForSinks, SinkRow } from '../features/events/sinks.ts'
import type { Sink } from '../features/events/types.ts'
import type { Config } from '../kernel/config.ts'
import { FEATURES } from './features.ts'

const rowsOf = (config: Config) =>
  FEATURES.flatMap(({ sinks }) => sinks?.(config) ?? []).toSorted((one, other) => rankOf(one) - rankOf(other))

const rankOf = ({ rank = 3 }: SinkRow) => rank

/** Every sink that the settings switch on. */
export const sinksFor = (deps: ForSinks): Sink[] => rowsOf(deps.config).map(({ make }) => make(deps))

/** Their names, for those who write rows and deliver none. */
export const enabledSinks = (config: Config): string[] => rowsOf(config).map(({ name }) => name)
