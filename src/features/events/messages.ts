import type { Schema } from '../../kernel/schema.ts'
import { type Catalogue, type EventKind, kafkaKeyOf, kindIn, routingKeyOf } from './catalogue.ts'
import type { OutboxRow } from './types.ts'

/** Every attempt sends the same bytes: the row alone decides, in the order of the catalogue's fields. */

export type KafkaMessage = { key: string; value: Record<string, unknown> }
export type RabbitMessage = { routingKey: string; message: Record<string, unknown> }
export type WebhookMessage = { id: string; body: string }

/** Null for an event that the catalogue does not know, or whose row does not fit it. */
type Make<Message> = (catalogue: Catalogue) => (row: OutboxRow) => Message | null

/** The payload with the facts of the row, which always win. */
const factsOf = ({ payload, userId, eventId, seq, createdAt }: OutboxRow) => ({
  ...payload,
  user_id: userId,
  occurred_at: createdAt.toISOString(),
  event_id: eventId,
  seq,
})

/** The marks that go beside the message, where a sink has room for them. */
export const headersOf = ({ eventId, userId, seq }: OutboxRow) => ({ event_id: eventId, user_id: userId, seq })

export const kafkaMessage: Make<KafkaMessage> = (catalogue) => (row) =>
  make(catalogue, row, (kind) => {
    const value = fitting(kind.kafka.value(), factsOf(row))
    return value && { key: kafkaKeyOf(row.type, kind), value }
  })

export const rabbitMessage: Make<RabbitMessage> = (catalogue) => (row) =>
  make(catalogue, row, (kind) => {
    const routingKey = routingKeyOf(row.type, kind)
    const message = fitting(kind.rabbitmq.message(), { ...factsOf(row), event: routingKey })
    return message && { routingKey, message }
  })

export const webhookMessage: Make<WebhookMessage> = (catalogue) => (row) =>
  make(catalogue, row, (kind) => {
    const data = factsOf(row)
    const message = fitting(kind.webhook(), { type: row.type, timestamp: data.occurred_at, data })
    return message && { id: row.eventId, body: JSON.stringify(message) }
  })

function make<Message>(catalogue: Catalogue, { type }: OutboxRow, build: (kind: EventKind) => Message | null) {
  const kind = kindIn(catalogue, type)
  return kind ? build(kind) : null
}

/** Removes fields that the catalogue does not name, so that nothing is published by accident. */
function fitting(schema: Schema<Record<string, unknown>>, facts: Record<string, unknown>) {
  const parsed = schema.safeParse(facts)
  return parsed.success ? parsed.data : null
}
