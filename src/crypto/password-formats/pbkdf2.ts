import { compared, fromBase64, type PasswordFormat, type Verdict } from './format.ts'

// The rounds are what an isolate computes in about four seconds; Django asks for 1,200,000, passlib for fewer.
const DIGESTS = {
  sha1: { webCrypto: 'SHA-1', bytes: 20, maxRounds: 1_500_000 },
  sha256: { webCrypto: 'SHA-256', bytes: 32, maxRounds: 1_500_000 },
  sha512: { webCrypto: 'SHA-512', bytes: 64, maxRounds: 400_000 },
} as const

type Digest = keyof typeof DIGESTS

/** More than this is refused by Web Crypto in production, although not locally. */
const MAX_NATIVE_ROUNDS = 100_000

const encoder = new TextEncoder()

/** Django's: the salt is text and stands for itself, the hash is padded base64. */
export const djangoPbkdf2: PasswordFormat = {
  name: 'pbkdf2 (Django)',
  recognises: (text) => /^pbkdf2_(?:sha1|sha256)\$/.test(text),
  async verify(password, text) {
    const [, digest, rounds, salt = '', hash = '', padding = ''] =
      /^pbkdf2_(sha1|sha256)\$([1-9]\d{0,9})\$([^$]{1,128})\$([A-Za-z0-9+/]{1,88})(={0,2})$/.exec(text) ?? []
    if (!digest || (hash.length + padding.length) % 4 !== 0) return 'unreadable'
    return verify(password, { digest: digest as Digest, rounds, salt: encoder.encode(salt), hash: fromBase64(hash) })
  },
}

/** passlib's: base64 without padding and with a dot for the plus; the oldest digest has no name. */
export const passlibPbkdf2: PasswordFormat = {
  name: 'pbkdf2 (passlib)',
  recognises: (text) => /^\$pbkdf2(?:-sha256|-sha512)?\$/.test(text),
  async verify(password, text) {
    const [, digest = 'sha1', rounds, salt, hash] =
      /^\$pbkdf2(?:-(sha256|sha512))?\$([1-9]\d{0,9})\$([A-Za-z0-9./]{1,172})\$([A-Za-z0-9./]{1,88})$/.exec(text) ?? []
    return verify(password, { digest: digest as Digest, rounds, salt: fromDotted(salt), hash: fromDotted(hash) })
  },
}

const fromDotted = (text = ''): Uint8Array | null => fromBase64(text.replaceAll('.', '+'))

type Stored = {
  digest: Digest
  rounds: string | undefined
  salt: Uint8Array | null
  hash: Uint8Array | null
}

async function verify(password: Uint8Array, { digest, rounds, salt, hash }: Stored): Promise<Verdict> {
  const { bytes, maxRounds } = DIGESTS[digest]
  if (!salt?.length || hash?.length !== bytes) return 'unreadable'
  const iterations = Number(rounds)
  if (iterations > maxRounds) return 'too_costly'
  const derive = iterations > MAX_NATIVE_ROUNDS ? derivePortable : deriveNative
  return compared(await derive(digest, password, salt, iterations), hash)
}

type Derive = (digest: Digest, password: Uint8Array, salt: Uint8Array, rounds: number) => Promise<Uint8Array>

export const deriveNative: Derive = async (digest, password, salt, iterations) => {
  const { webCrypto, bytes } = DIGESTS[digest]
  const key = await crypto.subtle.importKey('raw', password, 'PBKDF2', false, ['deriveBits'])
  const parameters = { name: 'PBKDF2', hash: webCrypto, salt, iterations }
  return new Uint8Array(await crypto.subtle.deriveBits(parameters, key, bytes * 8))
}

/** Loaded where it is needed: few services bring such hashes along. */
export const derivePortable: Derive = async (digest, password, salt, c) => {
  const { pbkdf2 } = await import('@noble/hashes/pbkdf2.js')
  const { sha1 } = await import('@noble/hashes/legacy.js')
  const { sha256, sha512 } = await import('@noble/hashes/sha2.js')
  return pbkdf2({ sha1, sha256, sha512 }[digest], password, salt, { c, dkLen: DIGESTS[digest].bytes })
}
