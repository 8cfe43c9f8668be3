import type * as z from 'zod/mini'
import { mark } from '../../src/features/api/settings-in-documents.ts'
import { type Catalogue, type EventKind, kafkaKeyOf, routingKeyOf } from '../../src/features/events/catalogue.ts'
import { jsonSchemaOf } from './json-schema.ts'

type Message = { description: string; payload: z.ZodMiniType; bindings?: object; headers?: object }

const text = { type: 'string' }
const marks = { event_id: text, user_id: { type: 'integer' }, seq: { type: 'integer' } }

/** Three channels with the same events. The operator's settings switch them on. */
const CHANNELS = {
  kafka: (type: string, kind: EventKind): Message => ({
    description: `Key \`${kafkaKeyOf(type, kind)}\`.`,
    payload: kind.kafka.value(),
    headers: {
      type: 'object',
      description: 'Over Upstash alone.',
      properties: { event_id: text, user_id: text, seq: text },
    },
    bindings: { kafka: { key: { type: 'string', const: kafkaKeyOf(type, kind) } } },
  }),
  rabbitmq: (type: string, kind: EventKind): Message => ({
    description: `Routing key \`${routingKeyOf(type, kind)}\`.`,
    payload: kind.rabbitmq.message(),
    headers: { type: 'object', properties: marks },
    bindings: { amqp: { messageType: routingKeyOf(type, kind) } },
  }),
  webhook: (_: string, kind: EventKind): Message => ({
    description: 'Signed as Standard Webhooks says.',
    payload: kind.webhook(),
    headers: {
      type: 'object',
      properties: { 'webhook-id': text, 'webhook-timestamp': text, 'webhook-signature': text },
      required: ['webhook-id', 'webhook-timestamp', 'webhook-signature'],
    },
  }),
}

type Channel = keyof typeof CHANNELS
const NAMES = Object.keys(CHANNELS) as Channel[]

/** The AsyncAPI 3 description of all published events. It names no host of a broker. */
export function describeEvents(catalogue: Catalogue) {
  const topic = mark('topic')
  const addresses = {
    kafka: { address: topic, bindings: { kafka: { topic } } },
    rabbitmq: { address: null, bindings: { amqp: mark('amqp') } },
    webhook: { address: null },
  }
  return {
    asyncapi: '3.0.0',
    info: {
      title: mark('titleOfEvents'),
      version: mark('version'),
      description:
        'Delivered at least once, in order for each user. Drop an `event_id` that you have seen; order by `seq`, which rises with every event of a user.',
    },
    defaultContentType: 'application/json',
    channels: table(NAMES, (channel) => ({
      ...addresses[channel],
      messages: table(Object.keys(catalogue), (type) => reference('components', 'messages', nameOf(channel, type))),
    })),
    operations: table(NAMES, (channel) => ({ action: 'send', channel: reference('channels', channel) })),
    components: {
      messages: Object.assign({}, ...NAMES.map((channel) => messagesOf(channel, catalogue))) as Record<string, object>,
    },
  }
}

const messagesOf = (channel: Channel, catalogue: Catalogue) =>
  Object.fromEntries(
    Object.entries(catalogue).map(([type, kind]) => {
      const { payload, description, ...more } = CHANNELS[channel](type, kind)
      const about = { name: type, summary: kind.about, description }
      return [nameOf(channel, type), { ...about, ...more, payload: jsonSchemaOf(payload, 'input') }]
    }),
  )

const nameOf = (channel: Channel, type: string) => `${channel}.${type}`

const reference = (...path: string[]) => ({ $ref: `#/${path.join('/')}` })

const table = <Name extends string, Value>(names: readonly Name[], make: (name: Name) => Value) =>
  Object.fromEntries(names.map((name) => [name, make(name)])) as Record<Name, Value>
