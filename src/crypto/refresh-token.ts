import { createHash } from 'node:crypto'
import { ID_BYTES, randomBytes } from './bytes.ts'
import type { Keyring } from './keys.ts'
import { COUNT_BYTES, countAt, FIRST_FIELD, idAt, readValue, signValue, writeCount, writeId } from './signed-value.ts'

const SECRET_BYTES = 16

/** Where the fields lie. */
const SUBJECT = FIRST_FIELD
const SESSION_ID = SUBJECT + ID_BYTES
const GENERATION = SESSION_ID + ID_BYTES
const SECRET = GENERATION + COUNT_BYTES
const LENGTH = SECRET + SECRET_BYTES

/** `subject` and `sessionId` are ids as `newId` makes them; `secret` is what the session keeps only the hash of. */
export type RefreshToken = Readonly<{ subject: string; sessionId: string; generation: number; secret: Uint8Array }>

/** A token that its MAC vouches for. Whether its session lives, only the session object knows. */
export type AuthenticRefreshToken = RefreshToken & Readonly<{ secretHash: string }>

export const newSessionSecret = (): Uint8Array => randomBytes(SECRET_BYTES)

/** What the session object stores. The secret is 128 random bits, so a plain hash of it cannot be searched. */
export const hashSessionSecret = (secret: Uint8Array): string => createHash('sha256').update(secret).digest('base64url')

/** A signed counter: the successor of a token is the same token with the next generation, so it can be answered twice. */
export function signRefreshToken(keyring: Keyring, { subject, sessionId, generation, secret }: RefreshToken): string {
  if (secret.length !== SECRET_BYTES) throw new TypeError('The secret of a session is 16 bytes long.')
  return signValue(keyring, LENGTH, (value) => {
    writeId(value, SUBJECT, subject)
    writeId(value, SESSION_ID, sessionId)
    writeCount(value, GENERATION, generation)
    value.set(secret, SECRET)
  })
}

/** Null for whatever we have not signed, so a forged token wakes nobody. */
export function readRefreshToken(keyring: Keyring, text: string): AuthenticRefreshToken | null {
  const value = readValue(keyring, LENGTH, text)
  if (!value) return null
  const secret = new Uint8Array(value.subarray(SECRET, LENGTH))
  return {
    subject: idAt(value, SUBJECT),
    sessionId: idAt(value, SESSION_ID),
    generation: countAt(value, GENERATION),
    secret,
    secretHash: hashSessionSecret(secret),
  }
}
