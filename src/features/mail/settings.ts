import type { Given, Refuse } from '../../kernel/feature.ts'
import { isSender } from '../../kernel/mail-address.ts'
import { anything, web } from '../../kernel/setting-kinds.ts'

const sender = anything.as((value) => value.trim()).where(isSender, 'must be an address, or a name and <an address>')

export const settings = {
  RESEND_API_KEY: anything.optional(),
  RESEND_BASE_URL: web.default('https://api.resend.com'),
  MAIL_FROM: sender.optional(),
}

type Told = Given<typeof settings>

/** Null: nothing is mailed. */
const mailFrom = ({ RESEND_API_KEY, RESEND_BASE_URL, MAIL_FROM }: Told) =>
  RESEND_API_KEY && MAIL_FROM ? { apiKey: RESEND_API_KEY, baseUrl: RESEND_BASE_URL, from: MAIL_FROM } : null

declare module '../../kernel/config.ts' {
  interface Config {
    readonly mail: ReturnType<typeof mailFrom>
  }
}

export const config = (given: Told) => ({ mail: mailFrom(given) })

/** A half of it would mail nothing without anybody noticing. */
export function check({ RESEND_API_KEY, MAIL_FROM }: Told, refuse: Refuse<keyof Told>) {
  if (RESEND_API_KEY && !MAIL_FROM) refuse('MAIL_FROM', 'is needed beside RESEND_API_KEY')
}
