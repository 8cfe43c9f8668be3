import * as z from 'zod'
import { password } from '../accounts/wire.ts'
import { anyText } from '../http/fields.ts'

const email = anyText(1_000).meta({ examples: ['ann@example.com'] })
/** People copy digits in groups, and mail programs add spaces. */
const code = anyText(64)
  .transform((text) => text.replaceAll(/\s/g, ''))
  .meta({ examples: ['012345'] })
const token = anyText(200).meta({ description: 'What stands behind `#token=` in the link.' })
const registration = anyText(2_000).meta({ description: 'What registering was answered.' })

const needs = (path: string) => ({ code: 'custom' as const, path: [path], message: 'This field is required.' })

export const ForgotRequest = z.object({ email }).meta({ title: 'ForgotRequest' })

export const ResetRequest = z
  .object({ email: email.optional(), code: code.optional(), token: token.optional(), new_password: password })
  .transform((given, context) => {
    const { email, code, token, new_password: newPassword } = given
    if (token !== undefined && code === undefined) return { token, newPassword }
    if (email !== undefined && code !== undefined && token === undefined) return { email, code, newPassword }
    context.addIssue(needs(code === undefined ? 'token' : 'email'))
    return z.NEVER
  })
  .meta({ title: 'ResetRequest', description: 'Either `email` and `code`, or `token`.' })

export const SendCodeRequest = z
  .object({ email: email.optional(), registration: registration.optional() })
  .transform(({ email, registration }, context) => {
    if (registration !== undefined) return { registration }
    if (email !== undefined) return { email }
    context.addIssue(needs('email'))
    return z.NEVER
  })
  .meta({ title: 'SendCodeRequest', description: 'Either `email` or `registration`.' })

export const VerifyRequest = z
  .object({ email: email.optional(), registration: registration.optional(), code })
  .transform(({ email, registration, code }, context) => {
    if (registration !== undefined) return { registration, code }
    if (email !== undefined) return { email, code }
    context.addIssue(needs('email'))
    return z.NEVER
  })
  .meta({ title: 'VerifyRequest', description: 'Either `email` or `registration`, and the code.' })

export const ChangeEmailRequest = z.object({ email, password: anyText(1_024) }).meta({ title: 'ChangeEmailRequest' })

export const StopRequest = z.object({ token }).meta({ title: 'StopRequest' })

export const Accepted = z.object({ status: z.literal('accepted') }).meta({ title: 'Accepted' })
