import * as z from 'zod'
import { whenNeeded } from '../../kernel/lazy.ts'

/** What events say. The order of the fields here is their order on the wire. */

export const marks = whenNeeded(() => ({
  event_id: z.string().meta({ description: 'The same for every delivery of this event: drop what you have seen.' }),
  seq: z.int().meta({ description: 'Rises with every event of this user: order by it.' }),
}))

export const user_id = whenNeeded(() => z.int().meta({ description: 'The user; 0 where the event is about none.' }))

const isMoment = whenNeeded(() => z.iso.datetime({ offset: true }))
/** Described without the expression that zod would write out wherever a time is. */
const moment = whenNeeded(() =>
  z
    .string()
    .refine((text) => isMoment().safeParse(text).success)
    .meta({ format: 'date-time' }),
)
const ip = () => z.string()

/** A user as others may copy it. */
export const person = whenNeeded(() => ({
  username: z.string().meta({ description: 'The e-mail address where no username was chosen.' }),
  email: z.string(),
  full_name: z.string().nullable(),
  created_at: moment(),
}))

export const profile = whenNeeded(() => ({
  ...person(),
  email_verified: z.boolean(),
  locale: z.string().nullable().meta({ description: 'A language tag (BCP 47), where the user has chosen one.' }),
  version: z.int().meta({ description: 'Rises with every change of the user.' }),
}))

export const address = whenNeeded(() => ({ username: person().username, email: person().email }))

export const roles = whenNeeded(() => ({ roles: z.array(z.string()) }))

export const session = whenNeeded(() => ({
  session_id: z.string(),
  device: z.string().meta({ description: 'A readable name, such as "Firefox on Linux".' }),
  address: ip(),
  country: z.string().nullable(),
  transport: z.enum(['body', 'cookie']),
  amr: z.array(z.string()).meta({ description: 'How the user authenticated (RFC 8176).' }),
  client_id: z.string(),
}))

export const endedSession = whenNeeded(() => ({ ...session(), reason: z.string() }))

export const shadowedSession = whenNeeded(() => ({ ...session(), shadow_address: ip(), shadow_device: z.string() }))

export const dropped = whenNeeded(() => ({ count: z.int() }))

export const block = whenNeeded(() => ({
  budget: z.string().meta({ description: 'Which limit was reached.' }),
  key: z.string().meta({ description: 'A pseudonym of whom it counts: the same for the same one, and no way back.' }),
  until: moment(),
}))

export const alarm = whenNeeded(() => ({
  wrong: z.int().meta({ description: 'Wrong digits in this hour.' }),
  until: moment(),
}))

export const occurred_at = moment
