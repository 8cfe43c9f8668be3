import { Buffer } from 'node:buffer'
import { createHmac } from 'node:crypto'

export const SECRET_PREFIX = 'whsec_'

/** Standard Webhooks asks for 24 to 64 random bytes. Null for anything else, and for other spellings of them. */
export function webhookKey(secret: string): Uint8Array | null {
  const text = secret.startsWith(SECRET_PREFIX) ? secret.slice(SECRET_PREFIX.length) : ''
  const key = Buffer.from(text, 'base64')
  return key.toString('base64') === text && key.length >= 24 && key.length <= 64 ? key : null
}

export type Signed = { id: string; timestamp: Date; body: string }

/** The three headers of Standard Webhooks. With two keys there are two signatures, so a receiver may know either. */
export function signatureHeaders({ id, timestamp, body }: Signed, keys: readonly Uint8Array[]) {
  const seconds = Math.floor(timestamp.getTime() / 1000)
  const sign = (key: Uint8Array) => createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64')
  return {
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': keys.map((key) => `v1,${sign(key)}`).join(' '),
  }
}
