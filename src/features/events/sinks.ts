import type { Config } from '../../kernel/config.ts'
import type { Deps } from '../../kernel/deps.ts'
import type { SinksOn } from './catalogue.ts'
import { kafkaRest } from './sinks/kafka-rest.ts'
import { rabbitMq } from './sinks/rabbitmq.ts'
import { upstashKafka } from './sinks/upstash-kafka.ts'
import { webhook } from './sinks/webhook.ts'
import type { Sink } from './types.ts'

export type ForSinks = Pick<Deps, 'config' | 'askSessions' | 'profiles' | 'now' | 'db' | 'guard' | 'keys' | 'catalogue'>

/** An enabled sink. Recording needs its name only; delivery calls `make`. */
export type SinkRow = { name: string; make: (deps: ForSinks) => Sink }

declare module '../../kernel/deps.ts' {
  interface Deps {
    /** The enabled sinks, for recording. */
    sinksOn: SinksOn
    /** The enabled sinks, for delivery. */
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
