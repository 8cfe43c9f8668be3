import { createHmac } from 'node:crypto'
import { randomBytes, toBase64url } from './bytes.ts'
import type { Keyring, SecretKey } from './keys.ts'

const hash = ({ key }: SecretKey, parts: readonly string[]): string =>
  createHmac('sha256', key).update(JSON.stringify(parts)).digest('base64url')

/** By the current root first, which is what is stored; the others are what may have been stored before. */
export type Hashes = readonly [string, ...string[]]

const hashes = ({ current, all }: Keyring, parts: readonly string[]): Hashes => [
  hash(current, parts),
  ...all.slice(1).map((key) => hash(key, parts)),
]

/** Digits alone would be found by trying a million; the key is what protects them where the database leaks. */
export const hashesOfDigits = (keyring: Keyring, purpose: string, account: string, digits: string): Hashes =>
  hashes(keyring, ['digits', purpose, account, digits])

/** A link is found by its token, so its hash cannot know the account; its 256 bits need no help. */
export const hashesOfToken = (keyring: Keyring, purpose: string, token: string): Hashes =>
  hashes(keyring, ['link', purpose, token])

export const newLinkToken = (): string => toBase64url(randomBytes(32))
