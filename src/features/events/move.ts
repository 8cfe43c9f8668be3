import type { Deps } from '../../kernel/deps.ts'
import { isPublisher, sinksWanting } from './catalogue.ts'
import { insertObjectEvents } from './outbox-store.ts'
import type { ObjectEvent, ObjectOutbox } from './types.ts'

/** Further sinks of some events, such as mail. `during` runs the recording, and releases the reservations if it fails. */
export type Extras = { sinksOf: (event: ObjectEvent) => string[]; during: (work: () => Promise<void>) => Promise<void> }

type Moving = Pick<Deps, 'markedDb' | 'sinksOn'> & { extrasFor: (events: readonly ObjectEvent[]) => Promise<Extras> }

const AT_ONCE = 100
/** The most rounds for one alarm, so that the object stays free for requests. */
const ROUNDS = 10

/**
 * Moves events into Postgres, oldest first, and then deletes them from the object. After a failure in between they are moved
 * again and recognised by their ids. Returns false if some are left.
 */
export async function moveEvents({ markedDb, sinksOn, extrasFor }: Moving, outbox: ObjectOutbox): Promise<boolean> {
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
      if (rows.length > 0) await insertObjectEvents(await markedDb(), first.userId, rows)
    })
    outbox.remove(events.map(({ id }) => id))
  }
  return outbox.peek(1).length === 0
}
