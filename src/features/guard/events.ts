import * as z from 'zod'
import { lazy } from '../../kernel/lazy.ts'
import { event } from '../events/catalogue.ts'
import { moment } from '../events/fields.ts'

const block = lazy(() => ({
  budget: z.string().meta({ description: 'Which limit was reached.' }),
  key: z.string().meta({ description: 'A pseudonym of whom it counts: the same for the same one, and no way back.' }),
  until: moment(),
}))

const alarm = lazy(() => ({
  wrong: z.int().meta({ description: 'Wrong digits in this hour.' }),
  until: moment(),
}))

export const events = {
  login_blocked: event('Somebody guessed too often, and a limit closed the way.', block),
  reset_alarm: event('So many wrong digits were tried that only links reset passwords for an hour.', alarm),
}
