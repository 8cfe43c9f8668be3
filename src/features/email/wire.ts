import * as z from 'zod'
import { anyText } from '../../http/fields.ts'
import { lazy } from '../../kernel/lazy.ts'
import { code, needs, token } from '../codes/fields.ts'
import { anyEmail, email } from '../users/fields.ts'
import { EMAIL } from '../users/shapes.ts'

const registration = () => anyText(2_000).meta({ description: 'What registering was answered.' })

/** Beside a registration, an address is not looked at. */
const EMAIL_OR_REGISTRATION = {
  anyOf: [
    { required: ['registration'] },
    { required: ['email'], properties: { email: EMAIL }, not: { required: ['registration'] } },
  ],
}

export const SendCodeRequest = lazy(() =>
  z
    .object({ email: anyEmail().optional(), registration: registration().optional() })
    .transform(({ email, registration }, context) => {
      if (registration !== undefined) return { registration }
      if (email !== undefined) return { email }
      context.addIssue(needs('email'))
      return z.NEVER
    })
    .meta({
      title: 'SendCodeRequest',
      description: 'Either `email` or `registration`.',
      ...EMAIL_OR_REGISTRATION,
    }),
)

export const VerifyRequest = lazy(() =>
  z
    .object({ email: anyEmail().optional(), registration: registration().optional(), code: code() })
    .transform(({ email, registration, code }, context) => {
      if (registration !== undefined) return { registration, code }
      if (email !== undefined) return { email, code }
      context.addIssue(needs('email'))
      return z.NEVER
    })
    .meta({
      title: 'VerifyRequest',
      description: 'Either `email` or `registration`, and the code.',
      ...EMAIL_OR_REGISTRATION,
    }),
)

export const ChangeEmailRequest = lazy(() =>
  z.object({ email: email(), password: anyText(1_024) }).meta({ title: 'ChangeEmailRequest' }),
)

export const StopRequest = lazy(() => z.object({ token: token() }).meta({ title: 'StopRequest' }))
