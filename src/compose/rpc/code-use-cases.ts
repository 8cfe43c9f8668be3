import { changeEmail } from '../../features/email/change-email.ts'
import { confirmEmail } from '../../features/email/confirm-email.ts'
import { sendCode } from '../../features/email/send-code.ts'
import { forgot } from '../../features/recovery/forgot.ts'
import { reset } from '../../features/recovery/reset.ts'
import { readAccessToken } from '../../features/sessions/signed-in.ts'
import type { Deps } from '../../kernel/deps.ts'
import type { Parsed } from '../../kernel/lazy.ts'
import { shownRegistered } from './use-cases.ts'
import type * as wire from './wire.ts'

// What is mailed and comes back, by the same use cases as behind HTTP. The shapes have checked that exactly one of the
// alternatives is there, so the empty text of another is never used.

const ACCEPTED = { status: 'accepted' } as const

export async function sendCodeFor(deps: Deps, { email = '', registration }: Parsed<typeof wire.SendCode>) {
  await sendCode(deps, registration === undefined ? { email } : { registration })
  return ACCEPTED
}

export async function verifyEmailFor(deps: Deps, message: Parsed<typeof wire.VerifyEmail>) {
  const { email = '', registration, code, accessToken } = message
  const access = accessToken === undefined ? null : await readAccessToken(deps, accessToken)
  const given = registration === undefined ? { email, code } : { registration, code }
  return shownRegistered(await confirmEmail(deps, given, access))
}

export async function forgotPasswordOf(deps: Deps, { email }: Parsed<typeof wire.ForgotPassword>) {
  await forgot(deps, email)
  return ACCEPTED
}

export async function resetPasswordOf(deps: Deps, message: Parsed<typeof wire.ResetPassword>) {
  const { email = '', code = '', token, newPassword } = message
  await reset(deps, token === undefined ? { email, code, newPassword } : { token, newPassword })
  return { status: 'success' as const }
}

export async function changeEmailFor(deps: Deps, message: Parsed<typeof wire.ChangeEmail>) {
  const { accessToken, email, password } = message
  await changeEmail(deps, await readAccessToken(deps, accessToken), { email, password })
  return ACCEPTED
}
