import type { LoggedEvent } from './events.ts'
import type { Mail } from './inbox.ts'

export type Filter = { address: string; kind: string }

/** Of all mails; anything else is the subject of a mail or the key of an event. */
export const ANY_MAIL = 'mail'

export function filterFrom(query: URLSearchParams): Filter {
  return { address: query.get('address')?.trim() ?? '', kind: query.get('kind') ?? '' }
}

export function mailsFor({ address, kind }: Filter, mails: Mail[]): Mail[] {
  return mails
    .filter(({ subject }) => [ANY_MAIL, subject, ''].includes(kind))
    .filter(({ to }) => to.some((mailbox) => holds(mailbox, address)))
}

/** Most events name a user by number alone, so those that name the address tell which numbers are meant. */
export function eventsFor({ address, kind }: Filter, events: LoggedEvent[]): LoggedEvent[] {
  const read = events.map((event) => ({ event, payload: payloadOf(event) }))
  const names = (payload: Payload) => [payload.email, payload.username].some((name) => holds(name, address))
  const meant = new Set(read.filter(({ payload }) => names(payload)).map(({ payload }) => payload.user_id))
  return read
    .filter(({ event }) => kind === '' || event.key === kind)
    .filter(({ payload }) => address === '' || names(payload) || (payload.user_id && meant.has(payload.user_id)))
    .map(({ event }) => event)
}

function holds(text: unknown, part: string): boolean {
  return typeof text === 'string' && text.toLowerCase().includes(part.toLowerCase())
}

export type Payload = Record<string, unknown>

/** Empty where the value is no JSON object. */
export function payloadOf({ value }: LoggedEvent): Payload {
  try {
    const read: unknown = JSON.parse(value)
    return typeof read === 'object' && read !== null && !Array.isArray(read) ? (read as Payload) : {}
  } catch {
    return {}
  }
}
