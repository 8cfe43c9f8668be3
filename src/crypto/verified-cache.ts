import type { AccessClaims } from './access-claims.ts'
import type { FindVerifier, Verifier } from './webcrypto-keys.ts'

export type VerifiedCache = Readonly<{
  /** The claims of a token whose signature was good, as long as the key that made it is still in use. */
  recall: (token: string, find: FindVerifier) => AccessClaims | null
  remember: (token: string, verifier: Verifier, claims: AccessClaims) => void
}>

/**
 * Remembers which exact tokens had a good signature, successes only, by the whole token: a name inside it, such as `jti`, would
 * let a token with other claims under the same name pass. Times and issuer are for the caller to check
 * again at each use.
 */
export function createVerifiedCache(limit = 1000): VerifiedCache {
  const entries = new Map<string, { verifier: Verifier; claims: AccessClaims }>()
  const put = (token: string, entry: { verifier: Verifier; claims: AccessClaims }) => {
    // A Map keeps the order of insertion, so the first one is the one that was not used for longest.
    entries.delete(token)
    entries.set(token, entry)
    const [oldest] = entries.keys()
    if (entries.size > limit && oldest !== undefined) entries.delete(oldest)
  }
  return {
    recall: (token, find) => {
      const entry = entries.get(token)
      if (!entry) return null
      const { kid, algorithm, key } = entry.verifier
      if (find(kid, algorithm)?.key !== key) {
        entries.delete(token)
        return null
      }
      put(token, entry)
      return entry.claims
    },
    remember: (token, verifier, claims) => put(token, { verifier, claims: Object.freeze(claims) }),
  }
}
