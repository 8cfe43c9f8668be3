import { createHash } from 'node:crypto'
import type { AccessClaims } from './access-claims.ts'
import type { FindVerifier, Verifier } from './webcrypto-keys.ts'

export type VerifiedCache = Readonly<{
  /** The claims of a token whose signature was good, as long as the key that made it is still in use. */
  recall: (token: string, find: FindVerifier) => AccessClaims | null
  remember: (token: string, verifier: Verifier, claims: AccessClaims) => void
}>

/**
 * Remembers which exact tokens had a good signature, successes only, by the hash of the whole token: a name inside it, such
 * as `jti`, would let a token with other claims under the same name pass. Times and issuer are for the caller to check
 * again at each use.
 */
export function createVerifiedCache(limit = 1000): VerifiedCache {
  const entries = new Map<string, { verifier: Verifier; claims: AccessClaims }>()
  const nameOf = (token: string) => createHash('sha256').update(token).digest('base64url')
  const put = (name: string, entry: { verifier: Verifier; claims: AccessClaims }) => {
    // A Map keeps the order of insertion, so the first one is the one that was not used for longest.
    entries.delete(name)
    entries.set(name, entry)
    const [oldest] = entries.keys()
    if (entries.size > limit && oldest !== undefined) entries.delete(oldest)
  }
  return {
    recall: (token, find) => {
      const name = nameOf(token)
      const entry = entries.get(name)
      if (!entry) return null
      const { kid, algorithm, key } = entry.verifier
      if (find(kid, algorithm)?.key !== key) {
        entries.delete(name)
        return null
      }
      put(name, entry)
      return entry.claims
    },
    remember: (token, verifier, claims) => put(nameOf(token), { verifier, claims: Object.freeze(claims) }),
  }
}
