import { ALGORITHMS, type Algorithm, isAlgorithm, type Jwk, SIGNS_FROM, thumbprint } from './algorithms.ts'
import { fromBase64url } from './bytes.ts'

/** Other sizes were made by something that we know nothing of. This is no test for weak moduli, of which ROCA is one kind. */
const RSA_BYTES = [256, 384, 512]
const RSA_EXPONENT = 'AQAB'
/** RFC 7518 §3.2. */
const HMAC_BYTES = 32

const member = (jwk: Jwk, name: string) => {
  const value = jwk[name]
  return typeof value === 'string' ? fromBase64url(value) : null
}

/** How each kind of key must be made, beyond the lengths in the table; a problem begins after the word "key". */
const KINDS: Record<Algorithm, (jwk: Jwk) => string | null> = {
  ES256: () => null,
  EdDSA: () => null,
  RS256: (jwk) => {
    const modulus = member(jwk, 'n')
    if (!modulus || !RSA_BYTES.includes(modulus.length) || (modulus[0] ?? 0) < 0x80) {
      return 'must have a modulus of 2048, 3072 or 4096 bits'
    }
    return jwk.e === RSA_EXPONENT ? null : 'must have the public exponent 65537'
  },
  HS256: (jwk) => ((member(jwk, 'k')?.length ?? 0) < HMAC_BYTES ? 'must be at least 32 bytes long' : null),
}

/** Why a key may not verify signatures, as the rest of a sentence; null if it may. No sentence holds a part of the key. */
export function verifyingKeyProblem(jwk: Jwk): string | null {
  // RFC 8725 §3.1: a key works with one algorithm, and says itself with which.
  if (!isAlgorithm(jwk.alg)) return `must name its algorithm: ${Object.keys(ALGORITHMS).join(', ')}`
  const row = ALGORITHMS[jwk.alg]
  if (jwk.kty !== row.kty || jwk.crv !== row.crv) return 'is of another kind than its algorithm needs'
  if (typeof jwk.kid !== 'string' || jwk.kid === '') return 'must have a kid'
  if (jwk.use !== undefined && jwk.use !== 'sig') return 'is not meant for signatures'
  if (jwk.key_ops !== undefined && !allows(jwk.key_ops, 'verify')) return 'is not meant for verifying'
  return lengthProblem(jwk, jwk.alg, row.publicMembers) ?? KINDS[jwk.alg](jwk)
}

/** Why a key pair may not sign. It must be able to verify as well, and be named after itself. */
export function signingKeyProblem(jwk: Jwk): string | null {
  const { key_ops: _, ...withoutOperations } = jwk
  const problem = verifyingKeyProblem(withoutOperations)
  if (problem) return problem
  if (!isAlgorithm(jwk.alg) || jwk.alg === 'HS256') return 'must be a pair of keys'
  if (jwk.key_ops !== undefined && !allows(jwk.key_ops, 'sign')) return 'is not meant for signing'
  if (jwk.kid !== thumbprint(jwk.alg, jwk)) return 'must have its RFC 7638 thumbprint as its kid'
  if (!isTime(jwk[SIGNS_FROM])) return `must say in ${SIGNS_FROM} from when it signs, such as 2026-01-02T03:04:05.000Z`
  return lengthProblem(jwk, jwk.alg, ALGORITHMS[jwk.alg].secretMembers)
}

/** RFC 7517 allows one name for two keys; then a token would be checked with whichever comes first. */
export function keySetProblem(jwks: readonly Jwk[]): string | null {
  if (new Set(jwks.map(({ kid }) => kid)).size < jwks.length) return 'must not hold one kid twice'
  const symmetric = jwks.filter(({ kty }) => kty === 'oct').length
  return symmetric > 0 && symmetric < jwks.length ? 'must not hold secrets beside public keys' : null
}

function lengthProblem(jwk: Jwk, algorithm: Algorithm, members: readonly string[]): string | null {
  const lengths: Readonly<Record<string, number>> = ALGORITHMS[algorithm].memberBytes
  for (const name of members.filter((one) => one !== 'kty' && one !== 'crv')) {
    const bytes = member(jwk, name)
    if (!bytes || bytes.length !== (lengths[name] ?? bytes.length) || bytes.length === 0)
      return `has no usable "${name}"`
  }
  return null
}

const allows = (operations: unknown, operation: string) => Array.isArray(operations) && operations.includes(operation)

const isTime = (value: unknown) =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) && !Number.isNaN(Date.parse(value))
