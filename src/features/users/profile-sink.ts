import { oneByOne } from '../events/sinks/outgoing.ts'
import { DELIVERED } from '../events/sinks/verdicts.ts'
import type { SinkRow } from '../events/sinks.ts'
import type { OutboxRow, Sink } from '../events/types.ts'
import type { CachedProfile, Profiles } from './profiles.ts'

/** The payload of a row for the sink `profile`. */
export type ForProfile = { write: CachedProfile } | { forget: number }

const PATIENCE = { eachMs: 5_000, width: 6 }

/** The copy in KV: an older version never takes the place of a newer one, so it may come late and twice. */
export const profileSink = ({ strictly }: Pick<Profiles, 'strictly'>): Sink => ({
  name: 'profile',
  wide: true,
  drains: 4,
  deliver: (rows, { connected }) =>
    oneByOne(rows, { ...PATIENCE, connected }, async (row) => {
      const told = payloadOf(row)
      await ('write' in told ? strictly.write(told.write) : strictly.forget(told.forget))
      return DELIVERED
    }),
})

const payloadOf = ({ payload }: OutboxRow) => payload as ForProfile

export const profileSinks = (): SinkRow[] => [
  { name: 'profile', make: ({ profiles }) => profileSink(profiles), rank: 2 },
]
