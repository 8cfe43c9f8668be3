import type { SQL } from 'drizzle-orm'

export type Payload = Record<string, unknown>

/** What happened, as the use case that made it happen tells it. */
export type NewEvent = {
  type: string
  /** SQL where the statement itself makes the number; 0 where it happened to nobody. */
  userId: number | SQL
  /** What every sink may know, without `event_id`, `user_id` and `seq`. SQL (jsonb) where the statement makes the values. */
  payload: Payload | SQL
  /** What these sinks get instead of `payload`. Naming a sink here sends the event there, whatever the catalogue says. */
  payloads?: Partial<Record<string, Payload | SQL>>
  /** Instead of the sinks of the catalogue. One that is not switched on gets nothing. */
  sinks?: readonly string[]
  /** These two go into the row of the mail and into no other: a revocation never expires. */
  sealed?: string
  deliverBefore?: Date
  /** Where the event has a name before it is recorded. */
  eventId?: string
}

/** One event on its way to one sink. */
export type OutboxRow = {
  eventId: string
  sink: string
  userId: number
  seq: number
  type: string
  payload: Payload
  sealed: string | null
  createdAt: Date
  deliverBefore: Date | null
  /** This one included. */
  attempts: number
}

/** `reason` is in our own words. `final`: no repetition can help. */
export type Verdict = { ok: true } | { ok: false; reason: string; final?: true }

/**
 * One verdict for each row, in their order. A sink that throws has failed with all of them. It is given one row of a user at a
 * time, opens one connection at a time, and answers within `PATIENCE_MS`: what it did not come to, it has not delivered.
 */
export type Sink = { name: string; deliver: (rows: OutboxRow[]) => Promise<Verdict[]> }

/** An event that a Durable Object wrote in its own transaction, under an id that it keeps. */
export type ObjectEvent = { id: string; at: number; type: string; userId: number; payload: Payload }

/** The outbox of one object, whose events all belong to one user, or all to nobody. */
export type ObjectOutbox = { peek: (limit: number) => readonly ObjectEvent[]; remove: (ids: string[]) => void }

export const PATIENCE_MS = 20_000
