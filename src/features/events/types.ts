import type { SQL } from 'drizzle-orm'

export type Payload = Record<string, unknown>

/** An event as a use case records it. */
export type NewEvent = {
  type: string
  /** SQL if the statement makes the number; 0 if the event has no user. */
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
  /** Set if the id must be known before recording. */
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
  /** This one included; none that it only went along with. */
  attempts: number
  /** Set where it is sent together with others, under one name. */
  batchId?: string | null
}

/** `reason` is a fixed text of ours. `final`: retries cannot help. */
export type Verdict = { ok: true } | { ok: false; reason: string; final?: true }

/**
 * Returns one verdict for each row, in order. If it throws, all rows have failed. A sink gets one row of a user at a time, opens
 * one connection at a time and answers within `PATIENCE_MS`.
 */
export type Sink = { name: string; deliver: (rows: OutboxRow[]) => Promise<Verdict[]> }

/** An event that a Durable Object wrote in its own transaction, under an id that it keeps. */
export type ObjectEvent = { id: string; at: number; type: string; userId: number; payload: Payload }

/** The outbox of one object, whose events all belong to one user, or all to nobody. */
export type ObjectOutbox = { peek: (limit: number) => readonly ObjectEvent[]; remove: (ids: string[]) => void }

export const PATIENCE_MS = 20_000
