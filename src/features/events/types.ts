import type { SQL } from 'drizzle-orm'
import type { Means } from './means.ts'

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
  /** Under which name it is sent, where it needs one: its own id, or one that it shares with others. */
  batchId?: string | null
}

/**
 * `reason` is a fixed text of ours. `final`: retries cannot help. `alone`: the row is not sent again with those that it was sent with.
 * `behind`: it has to come again after one before it that failed.
 */
export type Verdict = { ok: true } | { ok: false; reason: string; final?: true; alone?: true; behind?: true }

export type Given = Means & {
  /** Settles some of the rows before the others are sent. */
  settleEarly: (rows: readonly OutboxRow[], verdicts: readonly Verdict[]) => Promise<void>
}

/**
 * Returns one verdict for each row, in order. If it throws, all rows have failed. It answers within `PATIENCE_MS`. A sink gets one row
 * of a user at a time, unless it takes a `run`: then several, in their order, and whatever follows a failure comes again.
 */
export type Sink = {
  name: string
  deliver: (rows: OutboxRow[], given: Given) => Promise<Verdict[]>
  /** How many rows it gets at once. */
  most?: number
  /** `run`: the rows of one user behind the first. `batch`: rows that are sent under one name, again and again the same. */
  along?: 'run' | 'batch'
  /** Takes its connections itself, one for each call. Any other sink has one. */
  wide?: true
  /** So many objects deliver for it beside each other, where a backlog is large. */
  drains?: number
}

/** An event that a Durable Object wrote in its own transaction, under an id that it keeps. */
export type ObjectEvent = { id: string; at: number; type: string; userId: number; payload: Payload }

/** The outbox of one object, whose events all belong to one user, or all to nobody. */
export type ObjectOutbox = { peek: (limit: number) => readonly ObjectEvent[]; remove: (ids: string[]) => void }

export const PATIENCE_MS = 20_000
