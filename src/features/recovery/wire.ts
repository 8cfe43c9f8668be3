import * as z from 'zod/mini'
import { lazy } from '../../kernel/lazy.ts'
import { described, REQUIRED, refuse } from '../../kernel/schema.ts'
import { code, token } from '../codes/fields.ts'
import { password } from '../passwords/fields.ts'
import { anyEmail, email } from '../users/fields.ts'
import { EMAIL } from '../users/shapes.ts'

const EITHER = 'Send either a token, or an address and a code, and not both.'

export const ForgotRequest = lazy(() => described(z.object({ email: email() }), { title: 'ForgotRequest' }))

export const ResetRequest = lazy(() =>
  described(
    z.pipe(
      z.object({
        email: z.optional(anyEmail()),
        code: z.optional(code()),
        token: z.optional(token()),
        new_password: password(),
      }),
      z.transform((given, payload) => {
        const { email, code, token, new_password: newPassword } = given
        if (token !== undefined && code === undefined) return { token, newPassword }
        if (email !== undefined && code !== undefined && token === undefined) return { email, code, newPassword }
        if (token !== undefined) return refuse(payload, 'token', EITHER)
        return refuse(payload, code === undefined ? 'token' : 'email', REQUIRED)
      }),
    ),
    {
      title: 'ResetRequest',
      description: 'Either `email` and `code`, or `token`.',
      anyOf: [
        { required: ['token'], not: { required: ['code'] } },
        { required: ['email', 'code'], properties: { email: EMAIL }, not: { required: ['token'] } },
      ],
    },
  ),
)
