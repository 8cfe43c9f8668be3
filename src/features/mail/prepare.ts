import * as z from 'zod/mini'
import { unseal } from '../../crypto/seal.ts'
import type { Deps } from '../../kernel/deps.ts'
import { lazy } from '../../kernel/lazy.ts'
import type { OutboxRow, Verdict } from '../events/types.ts'
import { mailCausedFrom, type NetworkKeys } from '../guard/calls.ts'
import { mailboxOf, mailsInAll } from '../guard/code-calls.ts'
import { holdInOrder } from '../guard/hold-in-order.ts'
import type { Held } from '../guard/reservation.ts'
import { boundTo } from './mail-payload.ts'
import { noticeFor } from './notices.ts'
import type { Mail } from './resend.ts'
import { isTemplate, type Secret } from './templates.ts'
import { write } from './write.ts'

export type With = Pick<Deps, 'config' | 'keys' | 'db' | 'guard'>
type Addressed = {
  template: string
  to: string
  locale: string | null
  values: Record<string, unknown>
  capped?: boolean | undefined
  from?: NetworkKeys | undefined
}

/** A mail that may leave, with the caps that it is charged to; or a row of which no mail becomes. */
export type Ready = { mail: Mail; held: readonly Held[] }
export type Prepared = Ready | { verdict: Verdict }

const MailPayload = lazy(() =>
  z.object({
    template: z.string(),
    to: z.string(),
    locale: z.nullable(z.string()),
    values: z.record(z.string(), z.unknown()),
    capped: z.optional(z.boolean()),
    from: z.optional(
      z.object({ address: z.string(), prefix56: z.optional(z.string()), prefix48: z.optional(z.string()) }),
    ),
  }),
)
const Hidden = lazy(() => z.object({ code: z.optional(z.string()), link: z.optional(z.string()) }))

type Unwritten = { verdict: Verdict }
const final = (reason: string): Unwritten => ({ verdict: { ok: false, reason, final: true } })
const NOTHING_TO_SAY: Unwritten = { verdict: { ok: true } }

/** Written first: what cannot be written spends nothing of any cap. */
export async function prepare(deps: With, row: OutboxRow): Promise<Prepared> {
  const given = MailPayload().safeParse(row.payload)
  if (!given.success && 'template' in row.payload) return final('is a mail with a part missing')
  const payload: Addressed | null = given.data ?? (await noticeFor(await deps.db(), row))
  if (!payload) return NOTHING_TO_SAY
  const written = await mailOf(deps, row, payload)
  if ('verdict' in written) return written
  const held = payload.capped ? await hold(deps, row, payload) : []
  return held ? { mail: written, held } : NOTHING_TO_SAY
}

async function mailOf(
  { config, keys }: With,
  { eventId, sealed, createdAt }: OutboxRow,
  { template, to, locale, values }: Addressed,
): Promise<Mail | Unwritten> {
  if (!isTemplate(template)) return final('is no mail that we know')
  let secret: Secret | null = null
  if (sealed !== null) {
    const opened = await unseal(keys.outboxSeal, sealed, boundTo(eventId, to))
    if (opened === null) return final('was sealed for something else')
    secret = Hidden().parse(JSON.parse(opened))
  }
  const said = { at: createdAt.toISOString(), ...values }
  const text = write({ template, locale, values: said, secret }, config.appName)
  if (!text) return final('does not fit its template')
  return { id: eventId, to, ...text }
}

/**
 * A mail beyond a cap is dropped for good. It reserves under the id of its event, so another attempt of the same mail is counted once,
 * and is granted if the first one was.
 */
function hold({ guard }: With, { eventId }: OutboxRow, { to, from }: Addressed): Promise<Held[] | null> {
  const caused = from ? [mailCausedFrom(guard, from)] : []
  return holdInOrder(guard, [...caused, mailboxOf(guard, to), mailsInAll(guard, to)], eventId)
}

/** Gives back what a mail was charged that did not leave. */
export async function charge({ held }: Ready, verdict: Verdict): Promise<Verdict> {
  await Promise.all(held.map(({ settle }) => settle(verdict.ok ? 'wrong' : 'void')))
  return verdict
}
