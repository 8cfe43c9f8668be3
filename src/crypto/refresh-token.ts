import { createHash, randomBytes } from 'node:crypto'
import { fromId, ID_BYTES, toBase64url } from './bytes.ts'
import type { Keyring } from './keys.ts'
import { fromUint32, readFields, signFields, uint32 } from './signed-value.ts'

const SECRET_BYTES = 16
const FIELDS = [ID_BYTES, ID_BYTES, 4, SECRET_BYTES] as const

/** `subject` and `sessionId` are ids as `newId` makes them; `secret` is what the session keeps only the hash of. */
export type RefreshToken = Readonly<{ subject: string; sessionId: string; generation: number; secret: Uint8Array }>

/** A token that its MAC vouches for. Whether its session lives, only the session object knows. */
export type AuthenticRefreshToken = RefreshToken & Readonly<{ secretHash: string }>

export const newSessionSecret = (): Uint8Array => new Uint8Array(randomBytes(SECRET_BYTES))

/** What the session object stores. The secret is 128 random bits, so a plain hash of it cannot be searched. */
export const hashSessionSecret = (secret: Uint8Array): string => createHash('sha256').update(secret).digest('base64url')

/** A signed counter: the successor of a token is the same token with the next generation, so it can be answered twice. */
export function signRefreshToken(keyring: Keyring, token: RefreshToken): string {
  const subject = fromId(token.subject)
  const sessionId = fromId(token.sessionId)
  if (!subject || !sessionId || token.secret.length !== SECRET_BYTES) {
    throw new TypeError('A refresh token is made of a subject, a session id and a secret of 16 bytes each.')
  }
  return signFields(keyring, [subject, sessionId, uint32(token.generation), token.secret])
}

/** Null for whatever we have not signed, so a forged token wakes nobody. */
export function readRefreshToken(keyring: Keyring, text: string): AuthenticRefreshToken | null {
  const [subject, sessionId, generation, secret] = readFields(keyring, text, FIELDS) ?? []
  if (!subject || !sessionId || !generation || !secret) return null
  return {
    subject: toBase64url(subject),
    sessionId: toBase64url(sessionId),
    generation: fromUint32(generation),
    secret,
    secretHash: hashSessionSecret(secret),
  }
}
