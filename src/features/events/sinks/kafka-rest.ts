import * as z from 'zod/mini'
import { lazy, type Parsed } from '../../../kernel/lazy.ts'
import type { Catalogue } from '../catalogue.ts'
import { kafkaMessage } from '../messages.ts'
import type { Sink, Verdict } from '../types.ts'
import { answered, basic, type Credentials, post, unanswered, under } from './outgoing.ts'
import { DELIVERED, deliverFitting, failed } from './verdicts.ts'

export type KafkaRest = { url: string; credentials: Credentials | undefined }

const CALL_MS = 10_000

/** One offset for each record. A refused record has an error, or an offset below zero. */
const Produced = lazy(() =>
  z.object({
    offsets: z.array(
      z.object({
        offset: z.nullish(z.int()),
        error_code: z.nullish(z.int()),
        error: z.nullish(z.string()),
      }),
    ),
  }),
)

/** The REST Proxy API v2, with JSON records: everything that is due in one call, since there is one topic. */
export function kafkaRest({ url, credentials }: KafkaRest, topic: string, catalogue: Catalogue): Sink {
  const headers = {
    'content-type': 'application/vnd.kafka.json.v2+json',
    accept: 'application/vnd.kafka.v2+json, application/json',
    ...(credentials && { authorization: basic(credentials) }),
  }
  return {
    name: 'kafka-rest',
    most: 500,
    along: 'run',
    deliver: (rows) =>
      deliverFitting(rows, kafkaMessage(catalogue), async (outgoing) => {
        const records = outgoing.map(({ message }) => message)
        const all = (verdict: Verdict) => outgoing.map(() => verdict)
        try {
          const response = await post({
            url: under(url, `/topics/${encodeURIComponent(topic)}`),
            headers,
            body: JSON.stringify({ records }),
            signal: AbortSignal.timeout(CALL_MS),
          })
          if (!response.ok) {
            await response.body?.cancel()
            return all(answered(response.status))
          }
          const { offsets = [] } = Produced().safeParse(await response.json()).data ?? {}
          return outgoing.map((_, at) => verdictOf(offsets[at]))
        } catch (error) {
          return all(unanswered(error))
        }
      }),
  }
}

function verdictOf(record: Parsed<typeof Produced>['offsets'][number] | undefined): Verdict {
  if (!record) return failed('answered without a place for it')
  const { offset, error_code, error } = record
  if (error_code || error) return failed(error_code ? `refused the record with ${error_code}` : 'refused the record')
  return typeof offset === 'number' && offset >= 0 ? DELIVERED : failed('answered without a place for it')
}
