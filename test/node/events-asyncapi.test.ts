import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { describeEvents } from '../../build/documents/asyncapi.ts'
import { CATALOGUE } from '../../src/compose/features.ts'
import { headersOf } from '../../src/features/events/messages.ts'
import { golden } from '../support/golden-events.ts'
import { rowOf } from '../support/outbox-rows.ts'

const { channels, operations, components } = describeEvents(CATALOGUE)
const Described = z.looseObject({
  name: z.string(),
  summary: z.string(),
  payload: z.looseObject({ properties: z.record(z.string(), z.unknown()), required: z.array(z.string()) }),
})

const WAYS: [channel: keyof typeof channels, sent: (type: string) => object][] = [
  ['kafka', (type) => golden(type).kafka.value],
  ['rabbitmq', (type) => golden(type).rabbitmq.message],
  ['webhook', (type) => golden(type).webhook],
]

describe('the description of events', () => {
  it('has every event in every channel, and every reference leads somewhere', () => {
    expect(Object.keys(channels)).toEqual(WAYS.map(([channel]) => channel))
    for (const [name] of WAYS) {
      const { messages } = channels[name]
      expect(operations[name]).toEqual({ action: 'send', channel: { $ref: `#/channels/${name}` } })
      expect(Object.keys(messages)).toEqual(Object.keys(CATALOGUE))
      for (const { $ref } of Object.values(messages)) {
        expect(components.messages).toHaveProperty([$ref.replace('#/components/messages/', '')])
      }
    }
    expect(Object.keys(components.messages)).toHaveLength(Object.keys(CATALOGUE).length * WAYS.length)
  })

  it.each(WAYS)('%s: what is sent is what is described, and all of it', (channel, sent) => {
    for (const type of Object.keys(CATALOGUE)) {
      const { name, summary, payload } = Described.parse(components.messages[`${channel}.${type}`])
      expect([name, summary]).toEqual([type, CATALOGUE[type]?.about])
      const schema: Record<string, unknown> = payload
      expect(z.fromJSONSchema(schema).safeParse(sent(type)).error?.issues, type).toBeUndefined()
      expect(Object.keys(payload.properties), type).toEqual(Object.keys(sent(type)))
      expect(payload.required, type).toEqual(Object.keys(sent(type)))
    }
  })

  it.each([
    ['kafka', 'string'],
    ['rabbitmq', 'integer'],
  ] as const)('%s: the headers that go beside a message are described, numbers as %s', (channel, number) => {
    const sent = Object.entries(headersOf(rowOf()))
    const properties = sent.map(([name, value]) => [name, { type: typeof value === 'number' ? number : 'string' }])
    for (const type of Object.keys(CATALOGUE)) {
      const described = components.messages[`${channel}.${type}`]
      expect(described).toMatchObject({ headers: { type: 'object', properties: Object.fromEntries(properties) } })
    }
  })

  it('names the keys by which messages are found', () => {
    for (const type of Object.keys(CATALOGUE)) {
      const { kafka, rabbitmq } = golden(type)
      const byKey = { kafka: { key: { type: 'string', const: kafka.key } } }
      expect(components.messages[`kafka.${type}`]).toMatchObject({ bindings: byKey })
      const byRoutingKey = { amqp: { messageType: rabbitmq.routingKey } }
      expect(components.messages[`rabbitmq.${type}`]).toMatchObject({ bindings: byRoutingKey })
    }
  })
})
