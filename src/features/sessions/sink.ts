import { oneByOne } from '../events/sinks/outgoing.ts'
import { DELIVERED } from '../events/sinks/verdicts.ts'
import type { SinkRow } from '../events/sinks.ts'
import type { OutboxRow, Sink } from '../events/types.ts'
import type { AskSessions } from './ask-sessions.ts'
import type { Advance, Bury } from './state/messages.ts'

/** The payload of a row for the sink `sessions`. */
export type ForSessions = { subject: string; advance: Advance } | { subject: string; bury: Bury }

/** A few at a time: calls of objects open no connections, and an object that hangs must not hold up the others. */
const PATIENCE = { eachMs: 5_000, width: 4 }

/** Delivers changes that a request could not confirm. Versions make late and repeated messages harmless. */
export const sessionSink = (ask: AskSessions): Sink => ({
  name: 'sessions',
  wide: true,
  drains: 4,
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
