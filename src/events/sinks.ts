import type { Config } from '../config.ts'
import { MAIL_LINES } from '../mail/letter.ts'
import type { Deps } from '../platform/deps.ts'
import { kafkaRest } from './sinks/kafka-rest.ts'
import { mailSink } from './sinks/mail.ts'
import { profile } from './sinks/profile.ts'
import { rabbitMq } from './sinks/rabbitmq.ts'
import { sessions } from './sinks/sessions.ts'
import { upstashKafka } from './sinks/upstash-kafka.ts'
import { webhook } from './sinks/webhook.ts'
import type { Sink } from './types.ts'

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
