import { type SQL, sql } from 'drizzle-orm'
import type { Keys } from '../../crypto/keys.ts'
import { type SealedFor, seal } from '../../crypto/seal.ts'
import { MAIL } from '../events/lines.ts'
import type { Payload } from '../events/types.ts'
import type { NetworkKeys } from '../guard/calls.ts'
import type { Secret, TemplateName, ValuesOf } from './templates.ts'

/** The moment of every mail is that of its event. */
type Values<Name extends TemplateName> = Omit<ValuesOf<Name>, 'at'>

export type Recipient = { to: string; locale: string | null }

/**
 * The payload of a mail row, without its secret. `capped`: the address is unconfirmed, so the delivery charges the caps on mail.
 * `from`: the networks to charge at delivery, if they were not charged before.
 */
export const mailPayload = <Name extends TemplateName>(
  template: Name,
  { to, locale }: Recipient,
  values: Values<Name>,
  { capped = false, from }: { capped?: boolean; from?: NetworkKeys } = {},
): Payload => ({ template, to, locale, values, ...(capped && { capped }), ...(from && { from }) })

/** The same in SQL, for a recipient that only the statement knows. */
export const mailPayloadSql = (
  template: TemplateName,
  { to, locale }: { to: SQL; locale: SQL },
  values: Record<string, number>,
  { capped = sql`false` } = {},
): SQL => sql`jsonb_build_object('template', ${template}::text, 'to', ${to}, 'locale', ${locale},
    'values', ${JSON.stringify(values)}::jsonb, 'capped', ${capped})`

/** Binds a sealed secret to one mail and one address. In another row it cannot be opened. */
export const boundTo = (eventId: string, to: string): SealedFor => ({
  eventId,
  sink: MAIL,
  subject: to,
  purpose: 'mail secret',
})

export const sealSecret = (keys: Keys, secret: Secret, mail: { eventId: string; to: string }): Promise<string> =>
  seal(keys.outboxSeal, JSON.stringify(secret), boundTo(mail.eventId, mail.to))
