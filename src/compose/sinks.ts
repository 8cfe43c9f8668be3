import { kafkaRest } from '../features/events/sinks/kafka-rest.ts'
import { rabbitMq } from '../features/events/sinks/rabbitmq.ts'
import { upstashKafka } from '../features/events/sinks/upstash-kafka.ts'
import { webhook } from '../features/events/sinks/webhook.ts'
import type { Sink } from '../features/events/types.ts'
import { MAIL_LINES } from '../features/mail/letter.ts'
import { mailSink } from '../features/mail/sink.ts'
import { sessions } from '../features/sessions/sink.ts'
import { profile } from '../features/users/profile-sink.ts'
import type { Config } from './config.ts'
import type { Deps } from './deps.ts'

type Needed = Pick<Deps, 'config' | 'askSessions' | 'profiles' | 'now' | 'db' | 'guard' | 'keys'>
type Row = { name: string; make: (needed: Needed) => Sink }

/** Every sink that the settings switch on. Several may be, and none knows of another. */
function table({ events, mail }: Pick<Config, 'events' | 'mail'>): Row[] {
  const { topic, upstash, restProxy, rabbit, webhooks } = events
  return [
    { name: 'sessions', make: ({ askSessions }) => sessions(askSessions) },
    ...(mail ? MAIL_LINES.map((name) => ({ name, make: (needed: Needed) => mailSink(name, mail, needed) })) : []),
    { name: 'profile', make: ({ profiles }) => profile(profiles) },
    ...(upstash ? [{ name: 'upstash-kafka', make: () => upstashKafka(upstash, topic) }] : []),
    ...(restProxy ? [{ name: 'kafka-rest', make: () => kafkaRest(restProxy, topic) }] : []),
    ...(rabbit ? [{ name: 'rabbitmq', make: () => rabbitMq(rabbit) }] : []),
    ...webhooks.map((hook) => ({ name: hook.name, make: ({ now }: Needed) => webhook(hook, now) })),
  ]
}

export const sinksFor = (deps: Needed): Sink[] => table(deps.config).map(({ make }) => make(deps))

/** Their names, for whoever writes rows and delivers none. */
export const enabledSinks = (config: Pick<Config, 'events' | 'mail'>): string[] => table(config).map(({ name }) => name)
