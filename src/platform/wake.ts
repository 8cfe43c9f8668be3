import type { Deps } from '../kernel/deps.ts'
import { log } from '../kernel/log.ts'
import { faultOf } from '../kernel/object-fault.ts'

type Wakes = { getByName: (name: string) => { mark: () => Promise<void> } }

/** One object would do for the calls. A few of them are not all out of reach at once. */
const SHARDS = 4
/** A mark is good for twice as long. The rest is for the statement that begins at the last moment. */
const RELIED_ON_MS = 60_000
/** Nobody waits longer for what is only needed where an isolate dies. */
const PATIENCE_MS = 1_000

/**
 * One for an isolate, which remembers its mark; a promise belongs to one request, so each request that finds the mark run out asks
 * for itself. Never throws: rows are recorded all the same, and the sweep of another mark or of the day finds them.
 */
export function marksIn(wakes: Wakes) {
  let [shard, from, until] = [-1, 0, 0]

  async function ask(now: Deps['now']): Promise<void> {
    if (shard < 0) shard = Math.floor(Math.random() * SHARDS)
    for (const at of [shard, (shard + 1) % SHARDS]) {
      const asked = now().getTime()
      try {
        await inTime(wakes.getByName(`wake ${at}`).mark())
        ;[shard, from, until] = [at, asked, asked + RELIED_ON_MS]
        return
      } catch (error) {
        log.warn({ code: 'wake_unreachable', reason: faultOf(error) })
      }
    }
  }

  /** For one request: the same answer to all who ask. */
  return (now: Deps['now']): Deps['mark'] => {
    let asking: Promise<void> | undefined
    return async () => {
      const at = now().getTime()
      if (from <= at && at < until) return
      asking ??= ask(now)
      await asking
    }
  }
}

function inTime(work: Promise<void>): Promise<void> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error('It did not answer in time.')), PATIENCE_MS)
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}
