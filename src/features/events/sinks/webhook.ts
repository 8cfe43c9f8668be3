import type { Catalogue } from '../catalogue.ts'
import { webhookMessage } from '../messages.ts'
import type { Sink, Verdict } from '../types.ts'
import { answered, oneByOne, post } from './outgoing.ts'
import { DELIVERED, deliverFitting } from './verdicts.ts'
import { signatureHeaders } from './webhook-signature.ts'

export type Webhook = { name: string; url: string; keys: readonly Uint8Array[] }

const PATIENCE = { eachMs: 5_000, width: 6 }
const GONE = 410

/** Standard Webhooks: signed at each attempt. Only the status of the answer is read. */
export function webhook({ name, url, keys }: Webhook, now: () => Date, catalogue: Catalogue): Sink {
  return {
    name,
    wide: true,
    drains: 6,
    deliver: (rows, { connected }) =>
      deliverFitting(rows, webhookMessage(catalogue), (outgoing) =>
        oneByOne(outgoing, { ...PATIENCE, connected }, async ({ message: { id, body } }, signal) => {
          const headers = {
            'content-type': 'application/json',
            'user-agent': 'Postern',
            ...signatureHeaders({ id, body, timestamp: now() }, keys),
          }
          const response = await post({ url, headers, body, signal })
          await response.body?.cancel()
          return verdictOf(response.status)
        }),
      ),
  }
}

function verdictOf(status: number): Verdict {
  if (status >= 200 && status < 300) return DELIVERED
  return status === GONE ? { ok: false, reason: 'answered that it is gone', final: true } : answered(status)
}
