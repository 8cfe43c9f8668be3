import { Resend } from 'resend'
import { isOneAddress } from '../../kernel/mail-address.ts'
import type { Verdict } from '../events/types.ts'
import type { Written } from './write.ts'

export type Mail = Written & { id: string; to: string }
export type SendMail = (mail: Mail, signal: AbortSignal) => Promise<Verdict>

export type Account = { apiKey: string; baseUrl: string; from: string }

const final = (reason: string): Verdict => ({ ok: false, reason, final: true })

/**
 * One attempt; the outbox repeats. The id of the event goes along as the idempotency key, so a mail whose answer was lost is
 * not sent twice within a day. What the service says of a failure may quote the mail, so only its number is kept.
 */
export function resendWith({ apiKey, baseUrl, from }: Account): SendMail {
  const { emails } = new Resend(apiKey, { baseUrl: baseUrl.replace(/\/+$/, ''), userAgent: 'postern' })
  return async ({ id, to, ...written }, signal) => {
    if (!isOneAddress(to)) return final('has no single recipient')
    const options = { idempotencyKey: id.slice(0, 256), signal, redirect: 'manual' }
    const { error } = await emails.send({ from, to, ...written }, options)
    if (!error) return { ok: true }
    // The same id with another text: an earlier attempt arrived, before a setting or a translation changed.
    if (error.name === 'invalid_idempotent_request') return { ok: true }
    const { statusCode: status } = error
    if (typeof status !== 'number') return { ok: false, reason: 'could not be reached, or not in time' }
    return isFinal(status, error.name) ? final(`refused with ${status}`) : { ok: false, reason: `answered ${status}` }
  }
}

/** Of what a client does wrong, only asking too often, and asking twice at once, pass by waiting. */
const isFinal = (status: number, name: string): boolean =>
  status >= 400 && status < 500 && status !== 429 && name !== 'concurrent_idempotent_requests'
