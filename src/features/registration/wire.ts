import * as z from 'zod/mini'
import { line } from '../../http/fields.ts'
import { lazy } from '../../kernel/lazy.ts'
import { described } from '../../kernel/schema.ts'
import { password } from '../passwords/fields.ts'
import { email, identifier } from '../users/fields.ts'
import { EMAIL, OTHER_USERNAMES, USERNAME } from '../users/shapes.ts'

export const RegisterRequest = lazy(() =>
  described(
    z.object({
      email: z.optional(email()),
      username: described(z.optional(identifier()), {
        description: `May be left out: the e-mail address serves. With an @, it is that address. ${OTHER_USERNAMES}`,
        examples: ['ann'],
      }),
      password: described(password(), { examples: ['four random common words'] }),
      full_name: described(z.nullish(line(200)), { examples: ['Ann Example'] }),
    }),
    {
      title: 'RegisterRequest',
      description: 'Without `email`, the `username` has to be an e-mail address.',
      anyOf: [
        { required: ['email'], properties: { username: USERNAME } },
        { required: ['username'], properties: { username: EMAIL }, not: { required: ['email'] } },
      ],
    },
  ),
)

export const Registered = lazy(() =>
  described(
    z.object({
      user_id: z.int(),
      username: z.string(),
      email: z.string(),
      full_name: z.nullable(z.string()),
      created_at: z.iso.datetime(),
    }),
    { title: 'Registered' },
  ),
)

export const RegistrationPending = lazy(() =>
  described(
    z.object({
      status: z.literal('verification_required'),
      registration: described(z.string(), { description: 'Send it back with the code that was mailed.' }),
    }),
    { title: 'RegistrationPending' },
  ),
)
