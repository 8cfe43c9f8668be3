import type { z } from 'zod'
import { CATALOGUE, type EventType, isEventType, kafkaKeyOf, routingKeyOf } from './catalogue.ts'
import type { OutboxRow } from './types.ts'

/** The same bytes at every attempt: only what is in the row, in the order of the catalogue's fields. */

export type KafkaMessage = { key: string; value: Record<string, unknown> }
export type RabbitMessage = { routingKey: string; message: Record<string, unknown> }
export type WebhookMessage = { id: string; body: string }

/** What a row says on top of its payload; a payload cannot say it in its place. */
const factsOf = ({ payload, userId, eventId, seq, createdAt }: OutboxRow) => ({
  ...payload,
  user_id: userId,
  occurred_at: createdAt.toISOString(),
  event_id: eventId,
  seq,
})

/** The marks that go beside the message, where a sink has room for them. */
export const headersOf = ({ eventId, userId, seq }: OutboxRow) => ({ event_id: eventId, user_id: userId, seq })

export const kafkaMessage = (row: OutboxRow): KafkaMessage | null =>
  make(row, (type) => {
    const value = fitting(CATALOGUE[type].kafka.value(), factsOf(row))
    return value && { key: kafkaKeyOf(type), value }
  })

export const rabbitMessage = (row: OutboxRow): RabbitMessage | null =>
  make(row, (type) => {
    const routingKey = routingKeyOf(type)
    const message = fitting(CATALOGUE[type].rabbitmq.message(), { ...factsOf(row), event: routingKey })
    return message && { routingKey, message }
  })

export const webhookMessage = (row: OutboxRow): WebhookMessage | null =>
  make(row, (type) => {
    const data = factsOf(row)
    const message = fitting(CATALOGUE[type].webhook(), { type, timestamp: data.occurred_at, data })
    return message && { id: row.eventId, body: JSON.stringify(message) }
  })

const make = <Message>({ type }: OutboxRow, build: (type: EventType) => Message | null): Message | null =>
  isEventType(type) ? build(type) : null

/** Fields that the catalogue does not name stay here, so nothing leaves that nobody decided to tell. */
function fitting(schema: z.ZodType<Record<string, unknown>>, facts: Record<string, unknown>) {
  const parsed = schema.safeParse(facts)
  return parsed.success ? parsed.data : null
}
