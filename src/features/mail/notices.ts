import { eq } from 'drizzle-orm'
import type { Client } from '../../db/database.ts'
import { users } from '../../db/schema.ts'
import type { OutboxRow, Payload } from '../events/types.ts'
import type { GuardCall } from '../guard/calls.ts'
import { noticeOf } from '../guard/code-calls.ts'
import type { GuardDeps } from '../guard/reservation.ts'
import type { TemplateName } from './templates.ts'

type Notice = {
  template: TemplateName
  to: string
  locale: string | null
  values: Record<string, unknown>
  capped: boolean
}
type Worth = {
  template: TemplateName
  tells: (payload: Payload) => boolean
  /** What is told once a day: of one user, or of each of their devices. */
  once: (told: Told) => string
}

type Told = Pick<OutboxRow, 'type' | 'userId' | 'payload'>

/** Events of session objects that become mails. The object does not know the address of its user. */
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

export const isNotice = ({ type, payload }: Pick<Told, 'type' | 'payload'>): boolean =>
  NOTICES.get(type)?.tells(payload) ?? false

/** The call that charges the cap of a notice; null if the event is no notice. */
export function capOnNotice(guard: Pick<GuardDeps, 'limits' | 'nameOf'>, told: Told): GuardCall | null {
  const worth = NOTICES.get(told.type)
  return worth?.tells(told.payload) ? noticeOf(guard, worth.template, worth.once(told)) : null
}

/** Null if the event is no notice, or if the user is gone. */
export async function noticeFor(db: Client, row: OutboxRow): Promise<Notice | null> {
  const worth = NOTICES.get(row.type)
  if (!worth?.tells(row.payload)) return null
  const [user] = await db
    .select({ to: users.email, locale: users.locale, emailVerifiedAt: users.emailVerifiedAt })
    .from(users)
    .where(eq(users.userId, row.userId))
  if (!user) return null
  const { device, country = null } = row.payload
  const { to, locale, emailVerifiedAt } = user
  return { template: worth.template, to, locale, values: { device, country }, capped: emailVerifiedAt === null }
}
