import type { Config } from '../../kernel/config.ts'
import type { Deps } from '../../kernel/deps.ts'
import type { SinksOn } from './catalogue.ts'
import { kafkaRest } from './sinks/kafka-rest.ts'
import { rabbitMq } from './sinks/rabbitmq.ts'
import { upstashKafka } from './sinks/upstash-kafka.ts'
import { webhook } from './sinks/webhook.ts'
import type { Sink } from './types.ts'

/** What sinks are made of. */
export type ForSinks = Pick<Deps, 'config' | 'askSessions' | 'profiles' | 'now' | 'db' | 'guard' | 'keys' | 'catalogue'>

/** A sink that the settings switch on: its name, for those who write rows, and how it is made, for those who deliver them. */
export type SinkRow = {
  name: string
  make: (deps: ForSinks) => Sink
  /** The lowest is delivered first, where not all can be at once: what ends sessions, mails, the copy in KV, and then others. */
  rank?: number
}

declare module '../../kernel/deps.ts' {
  interface Deps {
    /** Where events are to go, for whoever records them. */
    sinksOn: SinksOn
    /** The same as those who deliver them see it. */
    sinks: () => Sink[]
  }
}

declare module '../../kernel/feature.ts' {
  interface Feature {
    sinks?(config: Config): readonly SinkRow[]
  }
}

/** Brokers and webhooks. Several may be switched on, and none knows of another. */
export function publishers({ events }: Pick<Config, 'events'>): SinkRow[] {
  const { topic, upstash, restProxy, rabbit, webhooks } = events
  return [
    ...(upstash
      ? [{ name: 'upstash-kafka', make: ({ catalogue }: ForSinks) => upstashKafka(upstash, topic, catalogue) }]
      : []),
    ...(restProxy
      ? [{ name: 'kafka-rest', make: ({ catalogue }: ForSinks) => kafkaRest(restProxy, topic, catalogue) }]
      : []),
    ...(rabbit ? [{ name: 'rabbitmq', make: ({ catalogue }: ForSinks) => rabbitMq(rabbit, catalogue) }] : []),
    ...webhooks.map((hook) => ({
      name: hook.name,
      make: ({ now, catalogue }: ForSinks) => webhook(hook, now, catalogue),
    })),
  ]
}
