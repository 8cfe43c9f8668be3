import type { Config } from '../../kernel/config.ts'
import type { Given, Refuse } from '../../kernel/feature.ts'
import { choice, page, whole } from '../../kernel/setting-kinds.ts'
import type { settings as mail } from '../mail/settings.ts'

export const settings = {
  EMAIL_VERIFICATION: choice('off', 'after', 'before').default('off'),
  RESET_URL: page.optional(),
  CODE_LENGTH: whole(6, 10).default(6),
}

type Told = Given<typeof settings & typeof mail>

const codesFrom = ({ EMAIL_VERIFICATION, RESET_URL, CODE_LENGTH }: Told) => ({
  verification: EMAIL_VERIFICATION,
  resetUrl: RESET_URL,
  length: CODE_LENGTH,
})

declare module '../../kernel/config.ts' {
  interface Config {
    readonly codes: ReturnType<typeof codesFrom>
  }
}

export const config = (given: Told) => ({ codes: codesFrom(given) })

export function check(given: Told, refuse: Refuse<keyof Told>) {
  const { RESEND_API_KEY, RESET_URL, EMAIL_VERIFICATION, ENVIRONMENT } = given
  const verifies = EMAIL_VERIFICATION === 'after' || EMAIL_VERIFICATION === 'before'
  if (verifies && !RESEND_API_KEY) refuse('RESEND_API_KEY', 'is needed by EMAIL_VERIFICATION')
  if (ENVIRONMENT === 'production' && RESET_URL?.startsWith('http:')) {
    refuse('RESET_URL', 'must be an https address in production')
  }
}

export function warn({ mail, codes }: Pick<Config, 'mail' | 'codes'>) {
  if (!mail || codes.resetUrl) return []
  const reason =
    'RESET_URL is not set: mails about forgotten passwords carry digits and no link, and strangers can use the digits up.'
  return [{ code: 'reset_url_unset', reason }]
}
