import { Resend } from 'resend'
import * as z from 'zod/mini'
import { lazy } from '../../kernel/lazy.ts'
import { isOneAddress } from '../../kernel/mail-address.ts'
import type { Verdict } from '../events/types.ts'
import type { Written } from './write.ts'

export type Mail = Written & { id: string; to: string }
export type MailService = {
  /** One mail, under the id of its event. */
  send: (mail: Mail, signal: AbortSignal) => Promise<Verdict>
  /** Up to a hundred in one call, under one name. One verdict for each. */
  sendAll: (mails: readonly Mail[], name: string, signal: AbortSignal) => Promise<Verdict[]>
}

export type Account = { apiKey: string; baseUrl: string; from: string }

const final = (reason: string): Verdict => ({ ok: false, reason, final: true })

/** In permissive mode: what was taken, without its place, and what was not, with it. */
const Taken = lazy(() =>
  z.object({
    data: z.array(z.object({ id: z.string() })),
    errors: z._default(z.array(z.object({ index: z.int() })), []),
  }),
)

/**
 * One attempt; the outbox repeats. An idempotency key goes along, so a mail whose answer was lost is not sent twice within a day.
 * What the service says of a failure may quote the mail, so only its number is kept.
 */
export function resendWith({ apiKey, baseUrl, from }: Account): MailService {
  const { emails, batch } = new Resend(apiKey, { baseUrl: baseUrl.replace(/\/+$/, ''), userAgent: 'postern' })
  const options = (name: string, signal: AbortSignal) => ({
    idempotencyKey: name.slice(0, 256),
    signal,
    redirect: 'manual' as const,
  })
  const addressed = ({ id: _, ...mail }: Mail) => ({ from, ...mail })
  return {
    async send(mail, signal) {
      if (!isOneAddress(mail.to)) return NOBODY
      const { error } = await emails.send(addressed(mail), options(mail.id, signal))
      // The same id with another text: an earlier attempt arrived, before a setting or a translation changed.
      return !error || error.name === 'invalid_idempotent_request' ? { ok: true } : verdictOn(error)
    },
    async sendAll(mails, name, signal) {
      const permissive = { ...options(name, signal), batchValidation: 'permissive' as const }
      const { data, error } = await batch.send(mails.map(addressed), permissive)
      if (error) return mails.map(() => verdictOn(error))
      const taken = Taken().safeParse(data)
      const refused = new Set(taken.data?.errors.map(({ index }) => index))
      if (taken.data?.data.length !== mails.length - refused.size) return mails.map(() => UNCLEAR)
      return mails.map((_, at) => (refused.has(at) ? final('was refused in its batch') : { ok: true }))
    },
  }
}

export const NOBODY = final('has no single recipient')
const UNCLEAR: Verdict = { ok: false, reason: 'answered what nobody understands' }

type Refusal = { name: string; statusCode: number | null }

function verdictOn({ name, statusCode: status }: Refusal): Verdict {
  // Under this name other mails, or another text, were taken. Nobody knows which of these were among them, so they go under a new one.
  if (name === 'invalid_idempotent_request') return { ok: false, reason: 'were sent otherwise before', alone: true }
  if (typeof status !== 'number') return { ok: false, reason: 'could not be reached, or not in time' }
  if (isFinal(status, name)) return final(`refused with ${status}`)
  // Asked too often, it has taken nothing, so the mail may leave with others next time. Of any other failure nobody knows.
  return { ok: false, reason: `answered ${status}`, ...(status === 429 && { alone: true }) }
}

/** Of what a client does wrong, only asking too often, and asking twice at once, pass by waiting. */
const isFinal = (status: number, name: string): boolean =>
  status >= 400 && status < 500 && status !== 429 && name !== 'concurrent_idempotent_requests'
