import * as z from 'zod/mini'
import { lazy } from '../../kernel/lazy.ts'
import { described } from '../../kernel/schema.ts'
import { event } from '../events/catalogue.ts'
import { marks, moment, user_id } from '../events/fields.ts'

/** A user as others may copy it. */
const person = lazy(() => ({
  username: described(z.string(), { description: 'The e-mail address where no username was chosen.' }),
  email: z.string(),
  full_name: z.nullable(z.string()),
  created_at: moment(),
}))

const profile = lazy(() => ({
  ...person(),
  email_verified: z.boolean(),
  locale: described(z.nullable(z.string()), { description: 'A language tag (BCP 47), where the user has chosen one.' }),
  version: described(z.int(), { description: 'Rises with every change of the user.' }),
}))

const address = lazy(() => ({ username: person().username, email: person().email }))

const roles = lazy(() => ({ roles: z.array(z.string()) }))

const nothing = () => ({})

/** The first event of a user, in the words and with the fields of the services that came before. */
const registeredInKafka = () => {
  const { username, full_name, created_at } = person()
  return { user_id: user_id(), username, full_name, created_at, ...marks() }
}
const registeredInRabbitmq = () => {
  const { email, username, created_at } = person()
  return { user_id: user_id(), email, username, created_at, ...marks() }
}

export const events = {
  user_registered: event('A user registered.', person, {
    kafka: { key: 'new_user', value: registeredInKafka },
    rabbitmq: { routingKey: 'UserCreated', message: registeredInRabbitmq },
  }),
  user_updated: event('A user changed their profile.', profile),
  user_deleted: event('A user was deleted.', nothing),
  password_changed: event('A user changed their password.', nothing),
  password_reset: event('A user who had forgotten their password chose a new one.', nothing),
  email_changed: event('A user has another e-mail address.', address),
  email_verified: event('A user showed that the e-mail address is theirs.', address),
  user_disabled: event('A user was shut out.', nothing),
  user_enabled: event('A user who had been shut out may come in again.', nothing),
  roles_changed: event('A user has other roles.', roles),
}
