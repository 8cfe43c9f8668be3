import { type ScryptParameters, scrypt } from '../scrypt.ts'
import { compared, fromBase64, type PasswordFormat, toBase64 } from './format.ts'

export const SALT_BYTES = 16
export const HASH_BYTES = 32

const MAX_MEMORY = 64 * 2 ** 20
const MAX_WORK = 2 ** 20

const PHC = /^\$scrypt\$ln=([1-9]\d?),r=([1-9]\d?),p=([1-9]\d{0,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/

type Stored = ScryptParameters & { salt: Uint8Array; hash: Uint8Array }

/** What a hash costs is one number, log2 of N. Fifteen is the most: workerd computes nothing beyond N * r * p = 2^20. */
export const parametersOf = (cost: number): ScryptParameters => ({ N: 2 ** cost, r: 8, p: 3 })

const work = ({ N, r, p }: ScryptParameters): number => N * r * p

export const scryptString = (cost: number, salt: Uint8Array, hash: Uint8Array): string => {
  const { r, p } = parametersOf(cost)
  return `$scrypt$ln=${cost},r=${r},p=${p}$${toBase64(salt)}$${toBase64(hash)}`
}

function parsed(text: string): Stored | null {
  const [, ln, r, p, saltText = '', hashText = ''] = PHC.exec(text) ?? []
  const salt = fromBase64(saltText)
  const hash = fromBase64(hashText)
  return ln && salt?.length && hash?.length ? { N: 2 ** Number(ln), r: Number(r), p: Number(p), salt, hash } : null
}

/** Does this hash cost a thief at least what a new one would? If not, it is replaced when its password is next seen. */
export function isUpToDate(text: string, cost: number): boolean {
  const stored = parsed(text)
  const current = parametersOf(cost)
  return (
    stored !== null &&
    stored.N >= current.N &&
    work(stored) >= work(current) &&
    stored.salt.length >= SALT_BYTES &&
    stored.hash.length >= HASH_BYTES
  )
}

/** Our own, and passlib's, which is spelt the same. */
export const scryptFormat: PasswordFormat = {
  name: 'scrypt',
  recognises: (text) => text.startsWith('$scrypt$'),
  async verify(password, text) {
    const stored = parsed(text)
    if (!stored) return 'unreadable'
    // RFC 7914, section 2: N is less than 2^(128 * r / 8).
    if (stored.N >= 2 ** (16 * stored.r)) return 'unreadable'
    if (128 * stored.N * stored.r > MAX_MEMORY || work(stored) > MAX_WORK) return 'too_costly'
    return compared(await scrypt(password, stored.salt, stored, stored.hash.length), stored.hash)
  },
}
