import * as z from 'zod/mini'
import { anyText } from '../../http/fields.ts'
import { lazy } from '../../kernel/lazy.ts'
import { described, REQUIRED, refuse } from '../../kernel/schema.ts'
import { code, token } from '../codes/fields.ts'
import { anyEmail, email } from '../users/fields.ts'
import { EMAIL } from '../users/shapes.ts'

const registration = () => described(anyText(2_000), { description: 'What registering was answered.' })

/** Beside a registration, an address is not looked at. */
const EMAIL_OR_REGISTRATION = {
  anyOf: [
    { required: ['registration'] },
    { required: ['email'], properties: { email: EMAIL }, not: { required: ['registration'] } },
  ],
}

export const SendCodeRequest = lazy(() =>
  described(
    z.pipe(
      z.object({ email: z.optional(anyEmail()), registration: z.optional(registration()) }),
      z.transform(({ email, registration }, payload) => {
        if (registration !== undefined) return { registration }
        if (email !== undefined) return { email }
        return refuse(payload, 'email', REQUIRED)
      }),
    ),
    {
      title: 'SendCodeRequest',
      description: 'Either `email` or `registration`.',
      ...EMAIL_OR_REGISTRATION,
    },
  ),
)

export const VerifyRequest = lazy(() =>
  described(
    z.pipe(
      z.object({ email: z.optional(anyEmail()), registration: z.optional(registration()), code: code() }),
      z.transform(({ email, registration, code }, payload) => {
        if (registration !== undefined) return { registration, code }
        if (email !== undefined) return { email, code }
        return refuse(payload, 'email', REQUIRED)
      }),
    ),
    {
      title: 'VerifyRequest',
      description: 'Either `email` or `registration`, and the code.',
      ...EMAIL_OR_REGISTRATION,
    },
  ),
)

export const ChangeEmailRequest = lazy(() =>
  described(z.object({ email: email(), password: anyText(1_024) }), { title: 'ChangeEmailRequest' }),
)

export const StopRequest = lazy(() => described(z.object({ token: token() }), { title: 'StopRequest' }))
