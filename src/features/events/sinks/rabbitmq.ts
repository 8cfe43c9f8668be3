import * as z from 'zod/mini'
import { lazy } from '../../../kernel/lazy.ts'
import type { Catalogue } from '../catalogue.ts'
import { headersOf, type RabbitMessage, rabbitMessage } from '../messages.ts'
import type { OutboxRow, Sink } from '../types.ts'
import { answered, basic, type Credentials, oneByOne, post, under } from './outgoing.ts'
import { DELIVERED, deliverFitting, failed } from './verdicts.ts'

export type RabbitMq = Credentials & { url: string; vhost: string; exchange: string }

const PATIENCE = { eachMs: 10_000, width: 6 }
const SURVIVES_A_RESTART = 2

const Published = lazy(() => z.object({ routed: z.boolean() }))

/** The management API publishes one message a call, and says whether any queue took it. */
export function rabbitMq({ url, vhost, exchange, ...credentials }: RabbitMq, catalogue: Catalogue): Sink {
  const path = `/api/exchanges/${encodeURIComponent(vhost)}/${encodeURIComponent(exchange)}/publish`
  const headers = { 'content-type': 'application/json', authorization: basic(credentials) }
  return {
    name: 'rabbitmq',
    wide: true,
    drains: 4,
    deliver: (rows, { connected }) =>
      deliverFitting(rows, rabbitMessage(catalogue), (outgoing) =>
        oneByOne(outgoing, { ...PATIENCE, connected }, async ({ row, message }, signal) => {
          const body = JSON.stringify(publication(row, message))
          const response = await post({ url: under(url, path), headers, body, signal })
          if (!response.ok) {
            await response.body?.cancel()
            return answered(response.status)
          }
          const published = Published().safeParse(await response.json())
          if (!published.success) return failed('answered what nobody understands')
          return published.data.routed ? DELIVERED : failed('was routed to no queue')
        }),
      ),
  }
}

const publication = (row: OutboxRow, { routingKey, message }: RabbitMessage) => ({
  properties: {
    message_id: row.eventId,
    type: routingKey,
    timestamp: Math.floor(row.createdAt.getTime() / 1000),
    content_type: 'application/json',
    delivery_mode: SURVIVES_A_RESTART,
    headers: headersOf(row),
  },
  routing_key: routingKey,
  payload: JSON.stringify(message),
  payload_encoding: 'string',
})
