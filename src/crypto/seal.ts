import { Buffer } from 'node:buffer'
import { fromBase64url, randomBytes, toBase64url, toText } from './bytes.ts'
import type { Keyring, SecretKey } from './keys.ts'

/** What a sealed text belongs to. Moved to another event, sink, person or purpose, it is worth nothing. */
export type SealedFor = { eventId: string; sink: string; subject: string; purpose: string }

const NONCE_BYTES = 12
const TAG_BYTES = 16

/** `key id . nonce . ciphertext . tag`, as one base64url text: AES-256-GCM (NIST SP 800-38D) with a nonce of its own. */
export async function seal(keyring: Keyring, text: string, bound: SealedFor): Promise<string> {
  const { current } = keyring
  const nonce = randomBytes(NONCE_BYTES)
  const sealed = await crypto.subtle.encrypt(
    parameters(nonce, current, bound),
    await load(current, 'encrypt'),
    Buffer.from(text),
  )
  return toBase64url(Buffer.concat([Uint8Array.of(current.id), nonce, new Uint8Array(sealed)]))
}

/** Null for whatever was not sealed for exactly this, by one of the keyring's roots. */
export async function unseal(keyring: Keyring, sealed: string, bound: SealedFor): Promise<string | null> {
  const bytes = fromBase64url(sealed)
  if (!bytes || bytes.length < 1 + NONCE_BYTES + TAG_BYTES) return null
  const nonce = bytes.subarray(1, 1 + NONCE_BYTES)
  for (const key of keyring.candidates(bytes[0] ?? 0)) {
    const opened = await open(key, nonce, bytes.subarray(1 + NONCE_BYTES), bound)
    if (opened) return toText(opened)
  }
  return null
}

async function open(key: SecretKey, nonce: Uint8Array<ArrayBuffer>, sealed: Uint8Array<ArrayBuffer>, bound: SealedFor) {
  try {
    const opened = await crypto.subtle.decrypt(parameters(nonce, key, bound), await load(key, 'decrypt'), sealed)
    return new Uint8Array(opened)
  } catch {
    return null
  }
}

/** A list in JSON has one reading, so no two different bindings are ever the same bytes. */
const parameters = (iv: Uint8Array<ArrayBuffer>, { id }: SecretKey, bound: SealedFor) => ({
  name: 'AES-GCM',
  iv,
  additionalData: Buffer.from(
    JSON.stringify(['postern/v1', id, bound.eventId, bound.sink, bound.subject, bound.purpose]),
  ),
})

const load = ({ key }: SecretKey, usage: 'encrypt' | 'decrypt') =>
  crypto.subtle.importKey('raw', key, 'AES-GCM', false, [usage])
