import { Buffer } from 'node:buffer'
import { equalBytes } from '../bytes.ts'

/** `unreadable`: not what the format's name promises. `too_costly`: an isolate has neither the memory nor the time for it. */
export type Verdict = 'right' | 'wrong' | 'unreadable' | 'too_costly'

/** One way in which some service has stored passwords. A new one is one file and one line in the table of `password-hash.ts`. */
export type PasswordFormat = {
  name: string
  recognises: (stored: string) => boolean
  verify: (password: Uint8Array, stored: string) => Promise<Verdict>
}

export const compared = (computed: Uint8Array, stored: Uint8Array): Verdict =>
  equalBytes(computed, stored) ? 'right' : 'wrong'

/** Base64 without padding, as PHC strings carry it. */
export const toBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64').replace(/=+$/, '')

/** Null unless the text is the one spelling of its bytes. */
export function fromBase64(text: string): Uint8Array | null {
  const bytes = Uint8Array.from(Buffer.from(text, 'base64'))
  return toBase64(bytes) === text ? bytes : null
}
