import { MAIL } from '../mail/letter.ts'
import { isWorthTelling } from '../mail/notices.ts'
import type { Deps } from '../platform/deps.ts'
import { isPublisher, sinksWanting } from './catalogue.ts'
import { insertBorn } from './outbox-store.ts'
import type { Payload } from './types.ts'

/** An event that a Durable Object wrote in its own transaction, under an id that it keeps. */
export type Born = { id: string; at: number; type: string; userId: number; payload: Payload }

/** The outbox of one object, whose events all belong to one user, or all to nobody. */
export type Origin = { peek: (limit: number) => readonly Born[]; remove: (ids: string[]) => void }

const AT_ONCE = 100
/** One alarm moves no more than this, so that the object has time for those who ask it something. */
const ROUNDS = 10

/**
 * Into Postgres, oldest first, and only then out of the object: what is lost on the way between is moved again, and known by
 * its id. False where some are left.
 */
export async function moveEvents({ db, sinksOn }: Pick<Deps, 'db' | 'sinksOn'>, origin: Origin): Promise<boolean> {
  const mailed = ({ type, payload }: Born) => (sinksOn.includes(MAIL) && isWorthTelling(type, payload) ? [MAIL] : [])
  for (let round = 0; round < ROUNDS; round += 1) {
    const born = origin.peek(AT_ONCE)
    const [first] = born
    if (!first) return true
    const wanted = born.map((event) => ({ ...event, sinks: [...sinksWanting(event.type, sinksOn), ...mailed(event)] }))
    const rows = wanted
      .filter(({ sinks }) => sinks.length > 0)
      .map((event) => ({ ...event, published: event.sinks.some(isPublisher) }))
    if (rows.length > 0) await insertBorn(await db(), first.userId, rows)
    origin.remove(born.map(({ id }) => id))
  }
  return origin.peek(1).length === 0
}
