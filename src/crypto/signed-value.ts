import { Buffer } from 'node:buffer'
import { createHmac } from 'node:crypto'
import { equalBytes, fromBase64url, toBase64url } from './bytes.ts'
import type { Keyring, SecretKey } from './keys.ts'

const MAC_BYTES = 32

const mac = (key: SecretKey, bytes: Uint8Array) => createHmac('sha256', key.key).update(bytes).digest()

/** `key id . fields . MAC over both`, as one base64url text. */
export function signFields(keyring: Keyring, fields: readonly Uint8Array[]): string {
  const key = keyring.current
  const signed = Buffer.concat([Uint8Array.of(key.id), ...fields])
  return toBase64url(Buffer.concat([signed, mac(key, signed)]))
}

/** The fields of a text that one of the keyring's roots has signed, cut at `lengths`; null for anything else. */
export function readFields(keyring: Keyring, text: string, lengths: readonly number[]): Uint8Array[] | null {
  const signedBytes = lengths.reduce((sum, length) => sum + length, 1)
  // Measured before it is decoded, so a long text costs nothing.
  if (text.length !== Math.ceil(((signedBytes + MAC_BYTES) * 4) / 3)) return null
  const bytes = fromBase64url(text)
  if (!bytes) return null
  const signed = bytes.subarray(0, signedBytes)
  const given = bytes.subarray(signedBytes)
  if (!keyring.candidates(bytes[0] ?? 0).some((key) => equalBytes(mac(key, signed), given))) return null
  let at = 1
  return lengths.map((length) => {
    at += length
    return signed.subarray(at - length, at)
  })
}

export const uint32 = (value: number): Uint8Array => {
  if (!Number.isInteger(value) || value < 0 || value > 0xffff_ffff)
    throw new RangeError('This number needs more than 32 bits.')
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value)
  return bytes
}

export const fromUint32 = (bytes: Uint8Array): number =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0)
