import { Buffer } from 'node:buffer'
import { randomBytes, timingSafeEqual } from 'node:crypto'

const strictText = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export const toBase64url = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64url')

/**
 * Null unless the text is the one spelling of its bytes (RFC 4648 §3.5): no padding, no white space, no other alphabet,
 * no unused bits that are set. Whatever two spellings mean the same, somebody counts as two.
 */
export function fromBase64url(text: string): Uint8Array<ArrayBuffer> | null {
  const bytes = Buffer.from(text, 'base64url')
  return bytes.toString('base64url') === text ? new Uint8Array(bytes) : null
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

/** The same of texts, without making bytes of them first: every letter is looked at, and nothing is decided on the way. */
export function equalTexts(a: string, b: string): boolean {
  let differing = a.length ^ b.length
  for (let at = 0; at < a.length; at += 1) differing |= a.charCodeAt(at) ^ b.charCodeAt(at)
  return differing === 0
}

/** The length of what `newId` makes, and of subjects, sessions and devices outside a token. */
export const ID_BYTES = 16

/** 128 random bits, as 22 characters. A UUID would carry 122 only. */
export const newId = (): string => toBase64url(randomBytes(ID_BYTES))

/** The bytes of what `newId` made; null for anything else. */
export function fromId(id: string): Uint8Array | null {
  const bytes = fromBase64url(id)
  return bytes?.length === ID_BYTES ? bytes : null
}
