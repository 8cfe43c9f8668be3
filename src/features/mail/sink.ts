import * as z from 'zod/mini'
import { unseal } from '../../crypto/seal.ts'
import type { Config } from '../../kernel/config.ts'
import type { Deps } from '../../kernel/deps.ts'
import { lazy } from '../../kernel/lazy.ts'
import { MAIL_LINES } from '../events/lines.ts'
import { oneByOne } from '../events/sinks/outgoing.ts'
import type { SinkRow } from '../events/sinks.ts'
import type { OutboxRow, Sink, Verdict } from '../events/types.ts'
import { mailCausedFrom, type NetworkKeys } from '../guard/calls.ts'
import { mailboxOf, mailsInAll } from '../guard/code-calls.ts'
import { holdInOrder } from '../guard/hold-in-order.ts'
import { holding } from '../guard/reservation.ts'
import { boundTo } from './mail-payload.ts'
import { noticeFor } from './notices.ts'
import { type Account, type Mail, resendWith } from './resend.ts'
import { isTemplate, type Secret } from './templates.ts'
import { write } from './write.ts'

type With = Pick<Deps, 'config' | 'keys' | 'db' | 'guard'>
type Addressed = {
  template: string
  to: string
  locale: string | null
  values: Record<string, unknown>
  capped?: boolean | undefined
  from?: NetworkKeys | undefined
}
type Send = (mail: Mail) => Promise<Verdict>

const PATIENCE = { eachMs: 9_000 }

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

const final = (reason: string): Verdict => ({ ok: false, reason, final: true })
const NOTHING_TO_SAY: Verdict = { ok: true }

export function mailSink(name: (typeof MAIL_LINES)[number], account: Account, deps: With): Sink {
  const send = resendWith(account)
  return {
    name,
    deliver: (rows) => oneByOne(rows, PATIENCE, (row, signal) => deliverOne(deps, row, (ready) => send(ready, signal))),
  }
}

async function deliverOne(deps: With, row: OutboxRow, send: Send): Promise<Verdict> {
  const written = MailPayload().safeParse(row.payload)
  if (!written.success && 'template' in row.payload) return final('is a mail with a part missing')
  const payload: Addressed | null = written.data ?? (await noticeFor(await deps.db(), row))
  if (!payload) return NOTHING_TO_SAY
  const deliver = () => mail(deps, row, payload, send)
  return payload.capped ? withinCaps(deps, payload, deliver) : deliver()
}

async function mail(
  { config, keys }: With,
  { eventId, sealed, createdAt }: OutboxRow,
  { template, to, locale, values }: Addressed,
  send: Send,
): Promise<Verdict> {
  if (!isTemplate(template)) return final('is no mail that we know')
  let secret: Secret | null = null
  if (sealed !== null) {
    const opened = await unseal(keys.outboxSeal, sealed, boundTo(eventId, to))
    if (opened === null) return final('was sealed for something else')
    secret = Hidden().parse(JSON.parse(opened))
  }
  const said = { at: createdAt.toISOString(), ...values }
  const text = write({ template, locale, values: said, secret }, config.appName)
  return text ? send({ id: eventId, to, ...text }) : final('does not fit its template')
}

/** A mail beyond a cap is dropped for good. A failed delivery charges nothing. */
async function withinCaps({ guard }: With, { to, from }: Addressed, deliver: () => Promise<Verdict>): Promise<Verdict> {
  const caused = from ? [mailCausedFrom(guard, from)] : []
  const held = await holdInOrder(guard, [...caused, mailboxOf(guard, to), mailsInAll(guard, to)])
  if (!held) return NOTHING_TO_SAY
  const verdict = await holding(held, deliver)
  await Promise.all(held.map(({ settle }) => settle(verdict.ok ? 'wrong' : 'void')))
  return verdict
}

export const mailSinks = ({ mail }: Pick<Config, 'mail'>): SinkRow[] =>
  mail ? MAIL_LINES.map((name) => ({ name, make: (deps) => mailSink(name, mail, deps), rank: 1 })) : []
