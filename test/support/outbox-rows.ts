import { means } from '../../src/features/events/means.ts'
import type { Given, OutboxRow, Sink, Verdict } from '../../src/features/events/types.ts'

export const AT = new Date('2026-01-02T03:04:05.678Z')

/** A row as the outbox hands it to a sink. */
export const rowOf = (given: Partial<OutboxRow> = {}): OutboxRow => ({
  eventId: 'AAAAAAAAAAAAAAAAAAAAAA',
  sink: 'any',
  userId: 7,
  seq: 1,
  type: 'user_registered',
  payload: { username: 'ann', email: 'ann@example.com', full_name: null, created_at: AT.toISOString() },
  sealed: null,
  createdAt: AT,
  deliverBefore: null,
  attempts: 1,
  ...given,
})

/** One each of many users, as a sweep brings them. */
export const rowsOf = (count: number): OutboxRow[] =>
  Array.from({ length: count }, (_, at) => rowOf({ eventId: `event-${at}`, userId: at + 1 }))

/** A sink as a round calls it, with nobody beside it. */
export type ByHand = Omit<Sink, 'deliver'> & { deliver: (rows: OutboxRow[], given?: Given) => Promise<Verdict[]> }

export const byHand = (sink: Sink): ByHand => ({
  ...sink,
  deliver: (rows, given = { ...means(), settleEarly: async () => undefined }) => sink.deliver(rows, given),
})
