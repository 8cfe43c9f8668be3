import * as z from 'zod'
import { line } from '../../http/fields.ts'
import { lazy } from '../../kernel/lazy.ts'
import { password } from '../passwords/fields.ts'
import { email, identifier } from '../users/fields.ts'
import { EMAIL, OTHER_USERNAMES, USERNAME } from '../users/shapes.ts'

export const RegisterRequest = lazy(() =>
  z
    .object({
      email: email().optional(),
      username: identifier()
        .optional()
        .meta({
          description: `May be left out: the e-mail address serves. With an @, it is that address. ${OTHER_USERNAMES}`,
          examples: ['ann'],
        }),
      password: password().meta({ examples: ['four random common words'] }),
      full_name: line(200)
        .nullish()
        .meta({ examples: ['Ann Example'] }),
    })
    .meta({
      title: 'RegisterRequest',
      description: 'Without `email`, the `username` has to be an e-mail address.',
      anyOf: [
        { required: ['email'], properties: { username: USERNAME } },
        { required: ['username'], properties: { username: EMAIL }, not: { required: ['email'] } },
      ],
    }),
)

export const Registered = lazy(() =>
  z
    .object({
      user_id: z.int(),
      username: z.string(),
      email: z.string(),
      full_name: z.string().nullable(),
      created_at: z.iso.datetime(),
    })
    .meta({ title: 'Registered' }),
)

export const RegistrationPending = lazy(() =>
  z
    .object({
      status: z.literal('verification_required'),
      registration: z.string().meta({ description: 'Send it back with the code that was mailed.' }),
    })
    .meta({ title: 'RegistrationPending' }),
)
