import * as z from 'zod'
import { whenNeeded } from '../../kernel/lazy.ts'
import * as wire from './wire.ts'

/** A sink that is switched on has a name: its kind, and a number where there may be several. */
export type SinkKind = 'upstash-kafka' | 'kafka-rest' | 'rabbitmq' | 'webhook' | 'mail' | 'sessions' | 'profile'

/** Where strangers listen: only what goes here is counted by `seq`. */
export const PUBLISHERS: readonly SinkKind[] = ['upstash-kafka', 'kafka-rest', 'rabbitmq', 'webhook']

type Shape = () => Record<string, z.ZodType>

type Special = {
  kafka?: { key: string; value: Shape }
  rabbitmq?: { routingKey: string; message: Shape }
  sinks?: readonly SinkKind[]
}

/** Unless it says otherwise, an event goes to all who listen, under its own name, with the same fields everywhere. */
function entry(about: string, payload: Shape, { kafka, rabbitmq, sinks = PUBLISHERS }: Special = {}) {
  const full = () => ({ user_id: wire.user_id(), ...payload(), occurred_at: wire.occurred_at(), ...wire.marks() })
  return {
    about,
    sinks,
    /** Null: the event's own name. */
    kafka: { key: kafka?.key ?? null, value: whenNeeded(() => z.object((kafka?.value ?? full)())) },
    rabbitmq: {
      routingKey: rabbitmq?.routingKey ?? null,
      message: whenNeeded(() => z.object({ event: z.string(), ...(rabbitmq?.message ?? full)() })),
    },
    webhook: whenNeeded(() => z.object({ type: z.string(), timestamp: wire.occurred_at(), data: z.object(full()) })),
  }
}

const nothing = () => ({})

/** The first event of a user, in the words and with the fields of the services that came before. */
const registeredInKafka = () => {
  const { username, full_name, created_at } = wire.person()
  return { user_id: wire.user_id(), username, full_name, created_at, ...wire.marks() }
}
const registeredInRabbitmq = () => {
  const { email, username, created_at } = wire.person()
  return { user_id: wire.user_id(), email, username, created_at, ...wire.marks() }
}

/** The one list of what happens here. docs/events.md is compared with it, and /api/asyncapi.json is made of it. */
export const CATALOGUE = {
  user_registered: entry('A user registered.', wire.person, {
    kafka: { key: 'new_user', value: registeredInKafka },
    rabbitmq: { routingKey: 'UserCreated', message: registeredInRabbitmq },
  }),
  user_updated: entry('A user changed their profile.', wire.profile),
  user_deleted: entry('A user was deleted.', nothing),
  password_changed: entry('A user changed their password.', nothing),
  password_reset: entry('A user who had forgotten their password chose a new one.', nothing),
  email_changed: entry('A user has another e-mail address.', wire.address),
  email_verified: entry('A user showed that the e-mail address is theirs.', wire.address),
  user_disabled: entry('A user was shut out.', nothing),
  user_enabled: entry('A user who had been shut out may come in again.', nothing),
  roles_changed: entry('A user has other roles.', wire.roles),
  session_opened: entry('A user logged in.', wire.session),
  session_evicted: entry('A session ended because a newer one took its place.', wire.endedSession),
  session_ended: entry('A session ended.', wire.endedSession),
  session_stolen: entry(
    'A session ended because an old refresh token was shown: somebody has a copy.',
    wire.endedSession,
  ),
  refresh_shadowed: entry('A refresh was repeated from elsewhere within the grace.', wire.shadowedSession),
  generation_ahead: entry(
    'A session ended because a refresh token was newer than any issued: state went back, or a key leaked.',
    wire.endedSession,
  ),
  events_dropped: entry('This many events of a user were lost, because nobody could fetch them.', wire.dropped),
  login_blocked: entry('Somebody guessed too often, and a limit closed the way.', wire.block),
  reset_alarm: entry('So many wrong digits were tried that only links reset passwords for an hour.', wire.alarm),
} as const

export type EventType = keyof typeof CATALOGUE

export const EVENT_TYPES = Object.keys(CATALOGUE) as EventType[]

export const isEventType = (type: string): type is EventType => Object.hasOwn(CATALOGUE, type)

export const kafkaKeyOf = (type: EventType): string => CATALOGUE[type].kafka.key ?? type
export const routingKeyOf = (type: EventType): string => CATALOGUE[type].rabbitmq.routingKey ?? type

/** `webhook:2` is of the kind `webhook`. */
export const kindOf = (sink: string): string => sink.split(':')[0] ?? sink

/** Of the sinks that are switched on, those that want this event; none for what the catalogue does not know. */
export function sinksWanting(type: string, enabled: readonly string[]): string[] {
  const kinds: readonly string[] = isEventType(type) ? CATALOGUE[type].sinks : []
  return enabled.filter((sink) => kinds.includes(kindOf(sink)))
}

/** Where others listen, and not we ourselves. */
export const isPublisher = (sink: string): boolean => PUBLISHERS.some((kind) => kind === kindOf(sink))
