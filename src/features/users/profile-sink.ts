import { oneByOne } from '../events/sinks/outgoing.ts'
import { DELIVERED } from '../events/sinks/verdicts.ts'
import type { ForProfile, OutboxRow, Sink } from '../events/types.ts'
import type { Profiles } from './profiles.ts'

const PATIENCE = { eachMs: 5_000 }

/** The copy in KV: an older version never takes the place of a newer one, so it may come late and twice. */
export const profile = ({ strictly }: Pick<Profiles, 'strictly'>): Sink => ({
  name: 'profile',
  deliver: (rows) =>
    oneByOne(rows, PATIENCE, async (row) => {
      const told = payloadOf(row)
      await ('write' in told ? strictly.write(told.write) : strictly.forget(told.forget))
      return DELIVERED
    }),
})

const payloadOf = ({ payload }: OutboxRow) => payload as ForProfile
