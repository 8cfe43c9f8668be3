import { scrypt as nativeScrypt } from 'node:crypto'

export type ScryptParameters = { N: number; r: number; p: number }

export type Scrypt = (
  password: Uint8Array,
  salt: Uint8Array,
  parameters: ScryptParameters,
  length: number,
) => Promise<Uint8Array>

export const scryptNative: Scrypt = (password, salt, { N, r, p }, length) =>
  new Promise((resolve, reject) => {
    // The default of 32 MiB is a few blocks short of N = 2^15, r = 8: working memory comes on top of the N blocks.
    const maxmem = 128 * r * (N + p + 8)
    nativeScrypt(password, salt, length, { N, r, p, maxmem }, (error, key) => {
      if (error) reject(error)
      else resolve(new Uint8Array(key))
    })
  })

/** Loaded where it is needed: workerd has a native one. */
export const scryptPortable: Scrypt = async (password, salt, { N, r, p }, length) => {
  const { scrypt: portable } = await import('@noble/hashes/scrypt.js')
  return portable(password, salt, { N, r, p, dkLen: length })
}

/** Native as long as there is such a thing. That it is missing does not change while an isolate lives, so it is found out once. */
export function nativeIfPresent(native: Scrypt, portable: Scrypt): Scrypt {
  let present = true
  return async (...input) => {
    if (present) {
      try {
        return await native(...input)
      } catch (error) {
        if (!saysThatItIsMissing(error)) throw error
        present = false
      }
    }
    return portable(...input)
  }
}

/** How workerd, its polyfills and a runtime without the function put it. Any other failure is one, and must be seen. */
function saysThatItIsMissing(error: unknown): boolean {
  if (error instanceof TypeError && error.message.endsWith('is not a function')) return true
  return error instanceof Error && /not implemented/i.test(error.message)
}

export const scrypt: Scrypt = nativeIfPresent(scryptNative, scryptPortable)
