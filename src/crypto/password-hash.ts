import { randomBytes } from './bytes.ts'
import { passwordBytes } from './password-bytes.ts'
import { argon2idFormat } from './password-formats/argon2id.ts'
import { bcryptFormat } from './password-formats/bcrypt.ts'
import type { PasswordFormat, Verdict } from './password-formats/format.ts'
import { djangoPbkdf2, passlibPbkdf2 } from './password-formats/pbkdf2.ts'
import {
  HASH_BYTES,
  isUpToDate,
  parametersOf,
  SALT_BYTES,
  scryptFormat,
  scryptString,
} from './password-formats/scrypt.ts'
import { scrypt } from './scrypt.ts'

/** Ours first, then what users bring along from other services. */
const FORMATS: readonly PasswordFormat[] = [scryptFormat, bcryptFormat, argon2idFormat, djangoPbkdf2, passlibPbkdf2]

export type Cost = { cost: number }

export type Verification = {
  right: boolean
  /** The password is right and its hash weaker than a new one, or not ours: replace it, by compare-and-swap. */
  outdated: boolean
  /** Why no password can be right for what is stored. For the log, never for the caller. */
  unusable?: 'unknown_format' | Exclude<Verdict, 'right' | 'wrong'>
}

/** Rules come first: what is no password at all (`passwordBytes`) must not come this far. */
export async function hashPassword(password: string, { cost }: Cost): Promise<string> {
  const bytes = passwordBytes(password)
  if (!bytes) throw new RangeError('This text is no password.')
  const salt = randomBytes(SALT_BYTES)
  return scryptString(cost, salt, await scrypt(bytes, salt, parametersOf(cost), HASH_BYTES))
}

/** Stands in for the hash of whoever does not exist or has no password: costs the same, and no password is right. */
export const dummyHash = (cost: number): string =>
  scryptString(cost, new Uint8Array(SALT_BYTES), new Uint8Array(HASH_BYTES))

/** Is this a hash of a kind that this release can check? */
export const isKnownFormat = (stored: string): boolean => FORMATS.some(({ recognises }) => recognises(stored))

/** Never throws for what is stored or typed; a hash that cannot be used costs as much as a wrong password. */
export async function verifyPassword(password: string, stored: string, { cost }: Cost): Promise<Verification> {
  const bytes = passwordBytes(password)
  // Nobody's password, whoever is asked for, so the time tells nothing.
  if (!bytes) return { right: false, outdated: false }
  const format = FORMATS.find(({ recognises }) => recognises(stored))
  const verdict = format ? await format.verify(bytes, stored) : 'unknown_format'
  if (verdict === 'right') return { right: true, outdated: !isUpToDate(stored, cost) }
  if (verdict === 'wrong') return { right: false, outdated: false }
  await scryptFormat.verify(bytes, dummyHash(cost))
  return { right: false, outdated: false, unusable: verdict }
}
