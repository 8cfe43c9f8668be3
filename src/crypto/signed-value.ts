import { createHmac } from 'node:crypto'
import { type Bytes, bytesIn, equalBytes, ID_BYTES, isId, zeros } from './bytes.ts'
import type { Keyring, SecretKey } from './keys.ts'

/** A value begins with the byte that names its key, so its first field lies here. */
export const FIRST_FIELD = 1
export const COUNT_BYTES = 4
const MAC_BYTES = 32

const mac = (key: SecretKey, bytes: Uint8Array): Uint8Array => createHmac('sha256', key.key).update(bytes).digest()

/** `key id . fields . MAC over both`, as one base64url text; `length` is that of what is signed. */
export function signValue(keyring: Keyring, length: number, writeFields: (value: Bytes) => void): string {
  const key = keyring.current
  const value = zeros(length + MAC_BYTES)
  value[0] = key.id
  writeFields(value)
  value.set(mac(key, value.subarray(0, length)), length)
  return value.toString('base64url')
}

/**
 * What one of the keyring's roots has signed, to be read field by field, with the MAC still behind the last one; null for
 * anything else, and for any other spelling.
 */
export function readValue(keyring: Keyring, length: number, text: string): Bytes | null {
  // Measured before it is decoded, so a long text costs nothing.
  if (text.length !== Math.ceil(((length + MAC_BYTES) * 4) / 3)) return null
  const value = bytesIn(text)
  if (!value) return null
  const [signed, given] = [value.subarray(0, length), value.subarray(length)]
  return keyring.candidates(value[0] ?? 0).some((key) => equalBytes(mac(key, signed), given)) ? value : null
}

export function writeId(value: Bytes, at: number, id: string): void {
  if (!isId(id)) throw new TypeError('What is signed here is an id of 16 bytes.')
  value.write(id, at, ID_BYTES, 'base64url')
}

export const idAt = (value: Bytes, at: number): string => value.toString('base64url', at, at + ID_BYTES)

export function writeCount(value: Bytes, at: number, count: number): void {
  if (!Number.isInteger(count) || count < 0 || count > 0xffff_ffff)
    throw new RangeError('This number needs more than 32 bits.')
  value.writeUInt32BE(count, at)
}

export const countAt = (value: Bytes, at: number): number => value.readUInt32BE(at)
