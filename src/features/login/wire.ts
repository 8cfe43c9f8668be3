import * as z from 'zod/mini'
import { anyText } from '../../http/fields.ts'
import { lazy } from '../../kernel/lazy.ts'
import { described, REQUIRED, refuse } from '../../kernel/schema.ts'
import { token, transport } from '../sessions/wire.ts'

export const LogInRequest = lazy(() =>
  described(
    z.pipe(
      z.object({
        username: described(z.optional(anyText(1_000)), {
          description: 'A username or an e-mail address.',
          examples: ['ann'],
        }),
        email: z.optional(anyText(1_000)),
        password: described(anyText(1_024), { examples: ['four random common words'] }),
        transport: described(z.optional(transport()), {
          description: 'How the refresh token travels. Without it, in the body.',
        }),
        device_token: described(z.optional(token()), {
          description: 'What an earlier log-in of this device was answered.',
        }),
      }),
      z.transform((given, payload) => {
        const identifier = given.username ?? given.email
        if (identifier !== undefined) return { ...given, identifier }
        return refuse(payload, 'username', REQUIRED)
      }),
    ),
    {
      title: 'LogInRequest',
      description: 'Either `username` or `email`.',
      anyOf: [{ required: ['username'] }, { required: ['email'] }],
    },
  ),
)
