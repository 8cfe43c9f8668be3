import { oneByOne } from '../events/sinks/outgoing.ts'
import { DELIVERED } from '../events/sinks/verdicts.ts'
import type { SinkRow } from '../events/sinks.ts'
import type { OutboxRow, Sink } from '../events/types.ts'
import type { AskSessions } from './ask-sessions.ts'
import type { Advance, Bury } from './state/messages.ts'

/** The payload of a row for the sink `sessions`. */
export type ForSessions = { subject: string; advance: Advance } | { subject: string; bury: Bury }

/** A few at once: they are objects of ours and no connections, and one that hangs must not keep the others waiting. */
const PATIENCE = { eachMs: 5_000, width: 4 }

/** What the answer to a change could not confirm. Versions make every message harmless that comes late or twice. */
export const sessionSink = (ask: AskSessions): Sink => ({
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

export const sessionSinks = (): SinkRow[] => [
  { name: 'sessions', make: ({ askSessions }) => sessionSink(askSessions), rank: 0 },
]
