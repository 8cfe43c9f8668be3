import * as z from 'zod'
import { anyText } from '../../http/fields.ts'
import { whenNeeded } from '../../kernel/lazy.ts'
import { anyEmail, email, password } from '../account/wire.ts'
import { EMAIL } from '../users/shapes.ts'

/** People copy digits in groups, and mail programs add spaces. */
export const code = () =>
  anyText(64)
    .transform((text) => text.replaceAll(/\s/g, ''))
    .meta({ examples: ['012345'] })
const token = () => anyText(200).meta({ description: 'What stands behind `#token=` in the link.' })
const registration = () => anyText(2_000).meta({ description: 'What registering was answered.' })

const needs = (path: string) => ({ code: 'custom' as const, path: [path], message: 'This field is required.' })

const EITHER = {
  code: 'custom' as const,
  path: ['token'],
  message: 'Send either a token, or an address and a code, and not both.',
}

/** Beside a registration, an address is not looked at. */
const EMAIL_OR_REGISTRATION = {
  anyOf: [
    { required: ['registration'] },
    { required: ['email'], properties: { email: EMAIL }, not: { required: ['registration'] } },
  ],
}

export const ForgotRequest = whenNeeded(() => z.object({ email: email() }).meta({ title: 'ForgotRequest' }))

export const ResetRequest = whenNeeded(() =>
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

export const SendCodeRequest = whenNeeded(() =>
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

export const VerifyRequest = whenNeeded(() =>
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

export const ChangeEmailRequest = whenNeeded(() =>
  z.object({ email: email(), password: anyText(1_024) }).meta({ title: 'ChangeEmailRequest' }),
)

export const StopRequest = whenNeeded(() => z.object({ token: token() }).meta({ title: 'StopRequest' }))

export const Accepted = whenNeeded(() => z.object({ status: z.literal('accepted') }).meta({ title: 'Accepted' }))
