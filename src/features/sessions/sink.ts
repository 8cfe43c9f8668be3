import type { AskSessions } from '../../platform/session-objects.ts'
import { oneByOne } from '../events/sinks/outgoing.ts'
import { DELIVERED } from '../events/sinks/verdicts.ts'
import type { ForSessions, OutboxRow, Sink } from '../events/types.ts'

/** A few at once: they are objects of ours and no connections, and one that hangs must not keep the others waiting. */
const PATIENCE = { eachMs: 5_000, width: 4 }

/** What the answer to a change could not confirm. Versions make every message harmless that comes late or twice. */
export const sessions = (ask: AskSessions): Sink => ({
  name: 'sessions',
  deliver: (rows) =>
    oneByOne(rows, PATIENCE, async (row) => {
      const told = payloadOf(row)
      await ask<unknown>(told.subject, (object) =>
        'advance' in told ? object.advance(told.advance) : object.bury(told.bury),
      )
      return DELIVERED
    }),
})

const payloadOf = ({ payload }: OutboxRow) => payload as ForSessions
