import type { Given } from '../../compose/settings.ts'

/** Null: nothing is mailed. */
export const mailFrom = ({ RESEND_API_KEY, RESEND_BASE_URL, MAIL_FROM }: Given) =>
  RESEND_API_KEY && MAIL_FROM ? { apiKey: RESEND_API_KEY, baseUrl: RESEND_BASE_URL, from: MAIL_FROM } : null

export const codesFrom = ({ EMAIL_VERIFICATION, RESET_URL, CODE_LENGTH }: Given) => ({
  verification: EMAIL_VERIFICATION,
  resetUrl: RESET_URL,
  length: CODE_LENGTH,
})

type Problem = { name: 'MAIL_FROM' | 'RESEND_API_KEY' | 'RESET_URL'; problem: string }

/** A half of it would mail nothing without anybody noticing. */
export function mailProblems(given: Given): Problem[] {
  const { RESEND_API_KEY, MAIL_FROM, RESET_URL, EMAIL_VERIFICATION, ENVIRONMENT } = given
  const problems: Problem[] = []
  const verifies = EMAIL_VERIFICATION === 'after' || EMAIL_VERIFICATION === 'before'
  if (RESEND_API_KEY && !MAIL_FROM) problems.push({ name: 'MAIL_FROM', problem: 'is needed beside RESEND_API_KEY' })
  if (verifies && !RESEND_API_KEY) problems.push({ name: 'RESEND_API_KEY', problem: 'is needed by EMAIL_VERIFICATION' })
  if (ENVIRONMENT === 'production' && RESET_URL?.startsWith('http:')) {
    problems.push({ name: 'RESET_URL', problem: 'must be an https address in production' })
  }
  return problems
}
