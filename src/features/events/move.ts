import type { Deps } from '../../compose/deps.ts'
import type { Question } from '../guard/claims.ts'
import { type GuardDeps, type Held, hold, holding } from '../guard/reservation.ts'
import { MAIL } from '../mail/letter.ts'
import { capOnNotice } from '../mail/notices.ts'
import { isPublisher, sinksWanting } from './catalogue.ts'
import { insertBorn } from './outbox-store.ts'
import type { Payload } from './types.ts'

/** An event that a Durable Object wrote in its own transaction, under an id that it keeps. */
export type Born = { id: string; at: number; type: string; userId: number; payload: Payload }

/** The outbox of one object, whose events all belong to one user, or all to nobody. */
export type Origin = { peek: (limit: number) => readonly Born[]; remove: (ids: string[]) => void }

type Moving = Pick<Deps, 'db' | 'sinksOn' | 'guard'>

const AT_ONCE = 100
/** One alarm moves no more than this, so that the object has time for those who ask it something. */
const ROUNDS = 10

/**
 * Into Postgres, oldest first, and only then out of the object: what is lost on the way between is moved again, and known by
 * its id. False where some are left. A guard that does not answer, or Postgres, leaves everything where it is for the next time.
 */
export async function moveEvents({ db, sinksOn, guard }: Moving, origin: Origin): Promise<boolean> {
  for (let round = 0; round < ROUNDS; round += 1) {
    const born = origin.peek(AT_ONCE)
    const [first] = born
    if (!first) return true
    const notices = sinksOn.includes(MAIL) ? await reserveNotices(guard, born) : NONE
    const rows = born
      .map((event) => ({ ...event, sinks: [...sinksWanting(event.type, sinksOn), ...notices.linesOf(event)] }))
      .filter(({ sinks }) => sinks.length > 0)
      .map((event) => ({ ...event, published: event.sinks.some(isPublisher) }))
    await holding(notices.held, async () => {
      if (rows.length > 0) await insertBorn(await db(), first.userId, rows)
    })
    await Promise.all(notices.held.map(({ settle }) => settle('wrong')))
    origin.remove(born.map(({ id }) => id))
  }
  return origin.peek(1).length === 0
}

type Notices = { held: Held[]; linesOf: (event: Born) => string[] }

const NONE: Notices = { held: [], linesOf: () => [] }

/**
 * A notice is mailed once a day, so of all events that call for the same one, the first that finds its cap free becomes a row.
 * It reserves under its own id: moved again, it is the one that has the cap already.
 */
async function reserveNotices(guard: GuardDeps, born: readonly Born[]): Promise<Notices> {
  const wanted = new Map<string, { cap: Question; eventId: string }>()
  for (const event of born) {
    const cap = capOnNotice(guard, event)
    if (cap && !wanted.has(cap.name)) wanted.set(cap.name, { cap, eventId: event.id })
  }
  const held: Held[] = []
  const mailed = new Set<string>()
  for (const { cap, eventId } of wanted.values()) {
    const one = await holding(held, () => hold(guard, cap, eventId))
    if (!one.granted) continue
    held.push(one)
    mailed.add(eventId)
  }
  return { held, linesOf: ({ id }) => (mailed.has(id) ? [MAIL] : []) }
}
