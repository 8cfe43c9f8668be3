import type { Deps } from '../../kernel/deps.ts'
import { isPublisher, sinksWanting } from './catalogue.ts'
import { insertObjectEvents } from './outbox-store.ts'
import type { ObjectEvent, ObjectOutbox } from './types.ts'

/** What else some of the events become, such as mails. `during` runs the work that records them, and gives back what failed. */
export type Extras = { sinksOf: (event: ObjectEvent) => string[]; during: (work: () => Promise<void>) => Promise<void> }

type Moving = Pick<Deps, 'db' | 'sinksOn'> & { extrasFor: (events: readonly ObjectEvent[]) => Promise<Extras> }

const AT_ONCE = 100
/** One alarm moves no more than this, so that the object has time for those who ask it something. */
const ROUNDS = 10

/**
 * Into Postgres, oldest first, and only then out of the object: what is lost on the way between is moved again, and known by
 * its id. False where some are left. A guard that does not answer, or Postgres, leaves everything where it is for the next time.
 */
export async function moveEvents({ db, sinksOn, extrasFor }: Moving, outbox: ObjectOutbox): Promise<boolean> {
  for (let round = 0; round < ROUNDS; round += 1) {
    const events = outbox.peek(AT_ONCE)
    const [first] = events
    if (!first) return true
    const extras = await extrasFor(events)
    const rows = events
      .map((event) => ({ ...event, sinks: [...sinksWanting(event.type, sinksOn), ...extras.sinksOf(event)] }))
      .filter(({ sinks }) => sinks.length > 0)
      .map((event) => ({ ...event, published: event.sinks.some(isPublisher) }))
    await extras.during(async () => {
      if (rows.length > 0) await insertObjectEvents(await db(), first.userId, rows)
    })
    outbox.remove(events.map(({ id }) => id))
  }
  return outbox.peek(1).length === 0
}
