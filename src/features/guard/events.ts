import * as z from 'zod/mini'
import { lazy } from '../../kernel/lazy.ts'
import { described } from '../../kernel/schema.ts'
import { event } from '../events/catalogue.ts'
import { moment } from '../events/fields.ts'

const block = lazy(() => ({
  budget: described(z.string(), { description: 'Which limit was reached.' }),
  key: described(z.string(), {
    description: 'A pseudonym of whom it counts: the same for the same one, and no way back.',
  }),
  until: moment(),
}))

const alarm = lazy(() => ({
  wrong: described(z.int(), { description: 'Wrong digits in this hour.' }),
  until: moment(),
}))

export const events = {
  login_blocked: event('Somebody guessed too often, and a limit closed the way.', block),
  reset_alarm: event('So many wrong digits were tried that only links reset passwords for an hour.', alarm),
}
