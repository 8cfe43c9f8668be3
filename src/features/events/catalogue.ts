import * as z from 'zod/mini'
import { lazy } from '../../kernel/lazy.ts'
import type { Schema } from '../../kernel/schema.ts'
import * as fields from './fields.ts'

/** A sink that is switched on has a name: its kind, and a number where there may be several. */
export type SinkKind = 'upstash-kafka' | 'kafka-rest' | 'rabbitmq' | 'webhook' | 'mail' | 'sessions' | 'profile'

/** The sinks outside the service. Only events for these raise `seq`. */
export const PUBLISHERS: readonly SinkKind[] = ['upstash-kafka', 'kafka-rest', 'rabbitmq', 'webhook']

type Shape = () => Record<string, Schema>

type Special = {
  kafka?: { key: string; value: Shape }
  rabbitmq?: { routingKey: string; message: Shape }
  sinks?: readonly SinkKind[]
}

/** By default an event goes to all publishers, under its own name and with the same fields. */
export function event(about: string, payload: Shape, { kafka, rabbitmq, sinks = PUBLISHERS }: Special = {}) {
  const full = () => ({ user_id: fields.user_id(), ...payload(), occurred_at: fields.occurred_at(), ...fields.marks() })
  return {
    about,
    sinks,
    /** Null: the event's own name. */
    kafka: { key: kafka?.key ?? null, value: lazy(() => z.object((kafka?.value ?? full)())) },
    rabbitmq: {
      routingKey: rabbitmq?.routingKey ?? null,
      message: lazy(() => z.object({ event: z.string(), ...(rabbitmq?.message ?? full)() })),
    },
    webhook: lazy(() => z.object({ type: z.string(), timestamp: fields.occurred_at(), data: z.object(full()) })),
  }
}

export type EventKind = ReturnType<typeof event>

/** Every event there is, by its type: one list of what the features declare. */
export type Catalogue = Readonly<Record<string, EventKind>>

declare module '../../kernel/deps.ts' {
  interface Deps {
    catalogue: Catalogue
  }
}

declare module '../../kernel/feature.ts' {
  interface Feature {
    events?: Catalogue
  }
}

export const kindIn = (catalogue: Catalogue, type: string): EventKind | undefined =>
  Object.hasOwn(catalogue, type) ? catalogue[type] : undefined

export const kafkaKeyOf = (type: string, { kafka }: EventKind): string => kafka.key ?? type
export const routingKeyOf = (type: string, { rabbitmq }: EventKind): string => rabbitmq.routingKey ?? type

/** `webhook:2` is of the kind `webhook`. */
export const kindOf = (sink: string): string => sink.split(':')[0] ?? sink

/** The enabled sinks that want this event; none for an event that is not in the catalogue. */
export function sinksWanting(type: string, { names, catalogue }: SinksOn): string[] {
  const kinds: readonly string[] = kindIn(catalogue, type)?.sinks ?? []
  return names.filter((sink) => kinds.includes(kindOf(sink)))
}

export const isPublisher = (sink: string): boolean => PUBLISHERS.some((kind) => kind === kindOf(sink))

/** The names of the enabled sinks and the catalogue: all that recording an event needs. */
export type SinksOn = Readonly<{ names: readonly string[]; catalogue: Catalogue }>
