import { Kafka } from '@upstash/kafka'
import * as z from 'zod/mini'
import { lazy } from '../../../kernel/lazy.ts'
import type { Catalogue } from '../catalogue.ts'
import { headersOf, kafkaMessage } from '../messages.ts'
import type { Sink } from '../types.ts'
import { answered, type Credentials, inTime, unanswered } from './outgoing.ts'
import { DELIVERED, deliverFitting, failed } from './verdicts.ts'

export type UpstashKafka = Credentials & { url: string }

const CALL_MS = 10_000
/** The library's producer retries six times in fifteen seconds, even after 401. Only its inner client can switch that off. */
const BENEATH = 'client'

const Offsets = lazy(() =>
  z.array(
    z.catch(z.nullable(z.object({ topic: z.string(), partition: z.int(), offset: z.int().check(z.minimum(0)) })), null),
  ),
)
const Refusal = lazy(() => z.object({ name: z.literal('UpstashError'), status: z.int() }))

/** All that is due in one call. */
export function upstashKafka(settings: UpstashKafka, topic: string, catalogue: Catalogue): Sink {
  const client = new Kafka(settings)[BENEATH]
  return {
    name: 'upstash-kafka',
    most: 500,
    along: 'run',
    deliver: (rows) =>
      deliverFitting(rows, kafkaMessage(catalogue), async (outgoing) => {
        const body = outgoing.map(({ row, message }) => ({
          topic,
          key: message.key,
          value: JSON.stringify(message.value),
          headers: Object.entries(headersOf(row)).map(([key, value]) => ({ key, value: String(value) })),
        }))
        try {
          const asked = client.post({ path: ['produce'], body, retries: 0 })
          const answer = await inTime(asked, AbortSignal.timeout(CALL_MS))
          const offsets = Offsets().safeParse(answer).data ?? []
          return outgoing.map((_, at) => (offsets[at] ? DELIVERED : failed('answered without a place for it')))
        } catch (error) {
          const refusal = Refusal().safeParse(error)
          const verdict = refusal.success ? answered(refusal.data.status) : unanswered(error)
          return outgoing.map(() => verdict)
        }
      }),
  }
}
