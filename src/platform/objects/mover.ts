import { perIsolate } from '../../compose/deps.ts'
import { databaseFailure } from '../../db/failure.ts'
import { moveEvents, type Origin } from '../../features/events/move.ts'
import { describeThrown, log } from '../../kernel/log.ts'

/** Long enough for what happens together to travel together. */
export const MOVE_AFTER_MS = 1_000
const RETRY_MS = 30_000

/** What an object's alarm does about its outbox. Answers when to come again; null when nothing is left. Never throws. */
export async function moveOn(env: Env, origin: Origin): Promise<number | null> {
  try {
    const { guardFor, ...lasting } = perIsolate(env)
    const moved = await moveEvents({ ...lasting, guard: guardFor(nothingLater) }, origin)
    return moved ? null : Date.now() + MOVE_AFTER_MS
  } catch (error) {
    const reason = databaseFailure(error)?.reason ?? describeThrown(error)
    log.warn({ code: 'events_not_moved', reason })
    return Date.now() + RETRY_MS * (0.5 + Math.random())
  }
}

/** An alarm has no answer to be quick with, so it waits for all its work. */
function nothingLater(): never {
  throw new Error('An alarm leaves nothing for later.')
}
