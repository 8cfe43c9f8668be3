import * as z from 'zod'
import { lazy } from '../../kernel/lazy.ts'
import { code, needs, token } from '../codes/fields.ts'
import { password } from '../passwords/fields.ts'
import { anyEmail, email } from '../users/fields.ts'
import { EMAIL } from '../users/shapes.ts'

const EITHER = {
  code: 'custom' as const,
  path: ['token'],
  message: 'Send either a token, or an address and a code, and not both.',
}

export const ForgotRequest = lazy(() => z.object({ email: email() }).meta({ title: 'ForgotRequest' }))

export const ResetRequest = lazy(() =>
  z
    .object({
      email: anyEmail().optional(),
      code: code().optional(),
      token: token().optional(),
      new_password: password(),
    })
    .transform((given, context) => {
      const { email, code, token, new_password: newPassword } = given
      if (token !== undefined && code === undefined) return { token, newPassword }
      if (email !== undefined && code !== undefined && token === undefined) return { email, code, newPassword }
      context.addIssue(token !== undefined ? EITHER : needs(code === undefined ? 'token' : 'email'))
      return z.NEVER
    })
    .meta({
      title: 'ResetRequest',
      description: 'Either `email` and `code`, or `token`.',
      anyOf: [
        { required: ['token'], not: { required: ['code'] } },
        { required: ['email', 'code'], properties: { email: EMAIL }, not: { required: ['token'] } },
      ],
    }),
)
