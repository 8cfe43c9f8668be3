import * as z from 'zod'
import { anyText } from '../../http/fields.ts'
import { lazy } from '../../kernel/lazy.ts'
import { token, transport } from '../sessions/wire.ts'

export const LogInRequest = lazy(() =>
  z
    .object({
      username: anyText(1_000)
        .optional()
        .meta({ description: 'A username or an e-mail address.', examples: ['ann'] }),
      email: anyText(1_000).optional(),
      password: anyText(1_024).meta({ examples: ['four random common words'] }),
      transport: transport()
        .optional()
        .meta({ description: 'How the refresh token travels. Without it, in the body.' }),
      device_token: token().optional().meta({ description: 'What an earlier log-in of this device was answered.' }),
    })
    .transform((given, context) => {
      const identifier = given.username ?? given.email
      if (identifier !== undefined) return { ...given, identifier }
      context.addIssue({ code: 'custom', path: ['username'], message: 'This field is required.' })
      return z.NEVER
    })
    .meta({
      title: 'LogInRequest',
      description: 'Either `username` or `email`.',
      anyOf: [{ required: ['username'] }, { required: ['email'] }],
    }),
)
