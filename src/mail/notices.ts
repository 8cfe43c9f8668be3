import { eq } from 'drizzle-orm'
import type { Client } from '../db/database.ts'
import { users } from '../db/schema.ts'
import type { OutboxRow, Payload } from '../events/types.ts'
import type { Question } from '../guard/claims.ts'
import { noticeOf } from '../guard/code-claims.ts'
import type { GuardDeps } from '../guard/reservation.ts'
import type { TemplateName } from './templates.ts'

type Notice = {
  template: TemplateName
  to: string
  locale: string | null
  values: Record<string, unknown>
  cap: (guard: GuardDeps) => Question
}
type Worth = {
  template: TemplateName
  tells: (payload: Payload) => boolean
  /** What is told once a day: of one user, or of each of their devices. */
  once: (row: OutboxRow) => string
}

/** What is born in a session object and worth telling its user, who is not known there by an address. */
const NOTICES: ReadonlyMap<string, Worth> = new Map<string, Worth>([
  [
    'session_opened',
    {
      template: 'new_device',
      tells: ({ new_device }) => new_device === true,
      once: ({ userId, payload }) => JSON.stringify([userId, payload.device, payload.country]),
    },
  ],
  ['session_evicted', { template: 'session_evicted', tells: () => true, once: ({ userId }) => String(userId) }],
])

/** Only these become a mail; every other event of a session would be a row for nothing. */
export const isWorthTelling = (type: string, payload: Payload): boolean => NOTICES.get(type)?.tells(payload) === true

/** Null: nothing that anybody need be told, or nobody left to tell. */
export async function noticeFor(db: Client, row: OutboxRow): Promise<Notice | null> {
  const worth = NOTICES.get(row.type)
  if (!worth?.tells(row.payload)) return null
  const [user] = await db
    .select({ to: users.email, locale: users.locale })
    .from(users)
    .where(eq(users.userId, row.userId))
  if (!user) return null
  const { device, country = null } = row.payload
  const cap = (guard: GuardDeps) => noticeOf(guard, worth.template, worth.once(row))
  return { template: worth.template, ...user, values: { device, country }, cap }
}
