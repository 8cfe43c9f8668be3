import { env } from 'cloudflare:workers'
import { expect } from 'vitest'
import type { Mail } from '../../dev/stack/inbox.ts'
import { afterwork } from './after-work.ts'
import { postJson } from './api.ts'
import { envWith } from './faulty-bindings.ts'
import { from } from './people.ts'

const STACK = new URL(env.DATABASE_HTTP_URL).origin

/** The settings that switch mail on. */
export const MAILING = {
  RESEND_API_KEY: 're_test',
  RESEND_BASE_URL: STACK,
  MAIL_FROM: 'Postern <no-reply@auth.example.com>',
}

/** The Worker's environment with mail switched on. */
export const mailing = (settings: Record<string, string> = {}): Env => envWith({ ...MAILING, ...settings })

export const RESET_URL = 'https://app.example.com/reset'
export const withLinks = (settings: Record<string, string> = {}) => mailing({ RESET_URL, ...settings })

/** A mail leaves after the answer, so this asks for what follows it. */
export async function mailsTo(address: string): Promise<Mail[]> {
  await afterwork()
  return mailsSoFar(address)
}

/** What has arrived, whatever else is on its way. */
export async function mailsSoFar(address: string): Promise<Mail[]> {
  return (await (await fetch(`${STACK}/mail.json?to=${encodeURIComponent(address)}`)).json()) as Mail[]
}

export async function lastMailTo(address: string): Promise<Mail> {
  const mail = (await mailsTo(address)).at(-1)
  if (!mail) throw new Error(`no mail to ${address}`)
  return mail
}

export const digitsIn = ({ text }: Pick<Mail, 'text'>): string => /^ {4}(\d+)$/m.exec(text)?.[1] ?? ''
export const linkIn = ({ text }: Pick<Mail, 'text'>): string => /^https?:\S+$/m.exec(text)?.[0] ?? ''
export const tokenIn = (mail: Pick<Mail, 'text'>): string => new URL(linkIn(mail)).hash.replace('#token=', '')

export async function digitsMailedTo(address: string): Promise<string> {
  const digits = digitsIn(await lastMailTo(address))
  expect(digits).toMatch(/^\d{6,10}$/)
  return digits
}

/** Digits of the same length that differ from these in the first one. */
export const otherThan = (digits: string): string => digits.replace(/^./, (first) => String((Number(first) + 1) % 10))

const forget = (email: string, bindings: Env) =>
  postJson('/auth/password/forgot', { email }, from('203.0.113.77'), bindings)

/** The digits that are mailed for a forgotten password. */
export async function resetCode(email: string, bindings: Env): Promise<string> {
  expect((await forget(email, bindings)).status).toBe(202)
  return digitsMailedTo(email)
}

export async function resetLink(email: string, bindings: Env): Promise<string> {
  await forget(email, bindings)
  return tokenIn(await lastMailTo(email))
}
