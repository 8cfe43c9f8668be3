/**
 * The narrowest alphabet that fits a text says how many bits a character of it can carry, and how many different ones a
 * random text of 256 bits shows at the very least: five standard deviations below the mean, so no good key is refused.
 */
const ALPHABETS = [
  { fits: /^[0-9a-f]+$/i, bits: 4, distinct: 10 },
  { fits: /^([a-z0-9]+|[A-Z0-9]+)=*$/, bits: 5, distinct: 16 },
  { fits: /^[\w+/-]+=*$/, bits: 6, distinct: 20 },
  { fits: /^[\x21-\x7e]+$/, bits: 6.5, distinct: 22 },
] as const

const ROOT_BITS = 256
const PLACEHOLDER =
  /change.?(me|this|it)|secret|password|placeholder|example|default|replace|qwerty|letmein|postern|your.?key/i
const HOW = 'make one with `openssl rand -base64 32`'

/** The rest of a sentence that begins with the setting's name; null for a key that may be used. It never quotes the key. */
export function checkSecretKey(text: string): string | null {
  const key = text.startsWith('dev_') ? text.slice('dev_'.length) : text
  const alphabet = ALPHABETS.find(({ fits }) => fits.test(key))
  if (!alphabet) return `may hold printable characters without spaces only: ${HOW}`
  if (PLACEHOLDER.test(key)) return `is a placeholder: ${HOW}`
  if (key.length * alphabet.bits < ROOT_BITS) return `must hold at least 32 random bytes: ${HOW}`
  if (new Set(key).size < alphabet.distinct || isOrdered(key)) return `is not random enough: ${HOW}`
  return null
}

/** RFC 7518 §3.2 asks for as many bytes as the hash has. An old service's key may be text, so no more than that is asked. */
export function checkJwtSecret(text: string): string | null {
  if (new TextEncoder().encode(text).length < 32) return 'must be at least 32 bytes long'
  if (new Set(text).size < 8) return 'is not random enough'
  return null
}

/** Words without a digit or a capital, runs such as 0123 or abcd, and repetitions. Neighbours in a random key are rare. */
function isOrdered(key: string): boolean {
  const steps = [...key].slice(1).map((character, at) => character.charCodeAt(0) - key.charCodeAt(at))
  const runs = steps.filter((step) => Math.abs(step) <= 1).length
  return !/[0-9A-Z]/.test(key) || runs * 2 > steps.length || repeats(key)
}

/** A text that is one shorter text again and again, perhaps cut off at the end. */
function repeats(key: string): boolean {
  for (let period = 1; period <= key.length / 2; period++) {
    if (key.startsWith(key.slice(period))) return true
  }
  return false
}
