import type { Deps } from '../../kernel/deps.ts'
import { MAIL } from '../events/lines.ts'
import type { Extras } from '../events/move.ts'
import type { ObjectEvent } from '../events/types.ts'
import type { GuardCall } from '../guard/calls.ts'
import { type Held, hold, holding } from '../guard/reservation.ts'
import { capOnNotice } from './notices.ts'

const NONE: Extras = { sinksOf: () => [], during: (work) => work() }

/**
 * A notice is mailed once a day. So of several events for the same notice, only the first that gets the cap becomes a mail. It
 * reserves under its event id, so a second move of the event gets the same reservation.
 */
export async function reserveNotices(
  { guard, sinksOn }: Pick<Deps, 'guard' | 'sinksOn'>,
  events: readonly ObjectEvent[],
): Promise<Extras> {
  if (!sinksOn.names.includes(MAIL)) return NONE
  const wanted = new Map<string, { cap: GuardCall; eventId: string }>()
  for (const event of events) {
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
  return {
    sinksOf: ({ id }) => (mailed.has(id) ? [MAIL] : []),
    during: async (work) => {
      await holding(held, work)
      await Promise.all(held.map(({ settle }) => settle('wrong')))
    },
  }
}
