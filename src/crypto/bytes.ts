import { Buffer } from 'node:buffer'
import { timingSafeEqual } from 'node:crypto'

const strictText = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export const toBase64url = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64url')

/** What is used of Node's `Buffer` here. The platform's own types call it `any`, so it is given one where it is made. */
export type Bytes = Uint8Array<ArrayBuffer> & {
  toString(encoding: 'base64url', start?: number, end?: number): string
  write(text: string, at: number, length: number, encoding: 'base64url'): number
  writeUInt32BE(count: number, at: number): number
  readUInt32BE(at: number): number
}

export const zeros = (length: number): Bytes => Buffer.alloc(length)

/**
 * Null unless the text is the one spelling of its bytes (RFC 4648 §3.5): no padding, no white space, no other alphabet,
 * no unused bits that are set. Whatever two spellings mean the same, somebody counts as two.
 */
export function bytesIn(text: string): Bytes | null {
  const bytes: Bytes = Buffer.from(text, 'base64url')
  return bytes.toString('base64url') === text ? bytes : null
}

/** The same as bytes of their own: in Node, a `Buffer` is part of a larger one that others write to. */
export function fromBase64url(text: string): Uint8Array<ArrayBuffer> | null {
  const bytes = bytesIn(text)
  return bytes && new Uint8Array(bytes)
}

/** Null where the bytes are not well-formed UTF-8. */
export function toText(bytes: Uint8Array): string | null {
  try {
    return strictText.decode(bytes)
  } catch {
    return null
  }
}

/** Takes as long for a wrong first byte as for a wrong last one. Lengths are no secret. */
export const equalBytes = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && timingSafeEqual(a, b)

export const randomBytes = (length: number): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(length))

/** The length of what `newId` makes, and of subjects, sessions and devices outside a token. */
export const ID_BYTES = 16

/** 128 random bits, as 22 characters. A UUID would carry 122 only. */
export const newId = (): string => toBase64url(randomBytes(ID_BYTES))

/** Whether it is spelt as `newId` spells: of the last character only two bits are used (RFC 4648 §3.5). */
export const isId = (text: string): boolean => /^[\w-]{21}[AQgw]$/.test(text)
