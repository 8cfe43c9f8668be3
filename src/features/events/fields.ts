import * as z from 'zod'
import { lazy } from '../../kernel/lazy.ts'

/** What events say. The order of the fields here is their order on the wire. */

export const marks = lazy(() => ({
  event_id: z.string().meta({ description: 'The same for every delivery of this event: drop what you have seen.' }),
  seq: z.int().meta({ description: 'Rises with every event of this user: order by it.' }),
}))

export const user_id = lazy(() => z.int().meta({ description: 'The user; 0 where the event is about none.' }))

const isMoment = lazy(() => z.iso.datetime({ offset: true }))
/** Described without the expression that zod would write out wherever a time is. */
export const moment = lazy(() =>
  z
    .string()
    .refine((text) => isMoment().safeParse(text).success)
    .meta({ format: 'date-time' }),
)

export const occurred_at = moment
