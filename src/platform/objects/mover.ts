import { databaseFailure } from '../../db/failure.ts'
import type { ObjectEvent, ObjectOutbox } from '../../features/events/types.ts'
import { describeThrown, log } from '../../kernel/log.ts'

/** The ways of an object's events. */
export type EventWays = {
  /** Is there anybody to be told of it? What nobody hears of is not written down. */
  wants: (env: Env, event: Pick<ObjectEvent, 'type' | 'payload'>) => boolean
  /** Moves what waits in the outbox of an object into Postgres; false where some of it is left. */
  move: (env: Env, outbox: ObjectOutbox) => Promise<boolean>
}

/** Long enough to move events of the same moment together. */
export const MOVE_AFTER_MS = 1_000
const RETRY_MS = 30_000

/** Run by the alarm of an object. Returns the time of the next move; null when the outbox is empty. Never throws. */
export async function moveOn({ move }: EventWays, env: Env, outbox: ObjectOutbox): Promise<number | null> {
  try {
    return (await move(env, outbox)) ? null : Date.now() + MOVE_AFTER_MS
  } catch (error) {
    const reason = databaseFailure(error)?.reason ?? describeThrown(error)
    log.warn({ code: 'events_not_moved', reason })
    return Date.now() + RETRY_MS * (0.5 + Math.random())
  }
}
