import * as z from 'zod/mini'
import { lazy } from '../../kernel/lazy.ts'
import { described } from '../../kernel/schema.ts'

/** What events say. The order of the fields here is their order on the wire. */

export const marks = lazy(() => ({
  event_id: described(z.string(), {
    description: 'The same for every delivery of this event: drop what you have seen.',
  }),
  seq: described(z.int(), { description: 'Rises with every event of this user: order by it.' }),
}))

export const user_id = lazy(() => described(z.int(), { description: 'The user; 0 where the event is about none.' }))

const isMoment = lazy(() => z.iso.datetime({ offset: true }))
/** Described without the expression that zod would write out wherever a time is. */
export const moment = lazy(() =>
  described(z.string().check(z.refine((text) => isMoment().safeParse(text).success)), { format: 'date-time' }),
)

export const occurred_at = moment
