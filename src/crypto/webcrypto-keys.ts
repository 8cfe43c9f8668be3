import { importJWK } from 'jose/key/import'
import { ALGORITHMS, type Algorithm, isAlgorithm, type Jwk, publicPart, secretPart } from './algorithms.ts'
import { keySetProblem, verifyingKeyProblem } from './jwk-check.ts'

/** A key bound to its one algorithm. No key can be exported again. */
export type Signer = Readonly<{ kid: string; algorithm: Algorithm; key: CryptoKey }>
export type Verifier = Signer

/** The key with this name, if it is of this algorithm. A name is only ever looked up in a table. */
export type FindVerifier = (kid: string, algorithm: string) => Verifier | null

/** Turns public keys (for HS256: secrets) into the table that signatures are verified with; refuses what is not fit for it. */
export async function importVerifiers(jwks: readonly Jwk[]): Promise<FindVerifier> {
  const problem = jwks.map(verifyingKeyProblem).find(Boolean) ?? keySetProblem(jwks)
  if (problem) throw new Error(`A set of keys cannot be used: one ${problem}.`)
  const verifiers = await Promise.all(jwks.map(importVerifier))
  const byKid = new Map(verifiers.map((verifier) => [verifier.kid, verifier]))
  return (kid, algorithm) => {
    const verifier = byKid.get(kid)
    return verifier?.algorithm === algorithm ? verifier : null
  }
}

async function importVerifier(jwk: Jwk): Promise<Verifier> {
  const { algorithm, kid } = named(jwk)
  const members = algorithm === 'HS256' ? secretPart(algorithm, jwk) : publicPart(algorithm, jwk)
  return { kid, algorithm, key: await load(kid, algorithm, members, 'verify') }
}

export async function importSigner(jwk: Jwk): Promise<Signer> {
  const { algorithm, kid } = named(jwk)
  const members = { ...publicPart(algorithm, jwk), ...secretPart(algorithm, jwk) }
  return { kid, algorithm, key: await load(kid, algorithm, members, 'sign') }
}

function named(jwk: Jwk) {
  if (!isAlgorithm(jwk.alg) || typeof jwk.kid !== 'string')
    throw new TypeError('A key was not checked before its import.')
  return { algorithm: jwk.alg, kid: jwk.kid }
}

const HMAC = { name: 'HMAC', hash: 'SHA-256' }

async function load(kid: string, algorithm: Algorithm, members: Record<string, unknown>, usage: 'sign' | 'verify') {
  try {
    const key = { ...members, kty: ALGORITHMS[algorithm].kty }
    // jose hands the bytes of a secret back, and would import them anew for each signature.
    if (key.kty === 'oct') return await crypto.subtle.importKey('jwk', key, HMAC, false, [usage])
    const imported = await importJWK(key, algorithm, { extractable: false })
    if (imported instanceof Uint8Array) throw new TypeError('A pair of keys has no secret bytes.')
    return imported
  } catch {
    // The runtime's own words may say something about the key; ours say only which one it is.
    throw new Error(`The signing key ${kid} cannot be loaded: its numbers do not make a key.`)
  }
}
