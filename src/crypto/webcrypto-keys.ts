import { ALGORITHMS, type Algorithm, isAlgorithm, type Jwk, publicPart, secretPart } from './algorithms.ts'
import { keySetProblem, verifyingKeyProblem } from './jwk-check.ts'

type Row = (typeof ALGORITHMS)[Algorithm]

/** A key bound to its one algorithm. No key can be exported again. */
export type Signer = Readonly<{ kid: string; algorithm: Algorithm; use: Row['use']; key: CryptoKey }>
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
  const { algorithm, row, kid } = named(jwk)
  const members = algorithm === 'HS256' ? secretPart(algorithm, jwk) : publicPart(algorithm, jwk)
  return { kid, algorithm, use: row.use, key: await load(kid, row, members, 'verify') }
}

export async function importSigner(jwk: Jwk): Promise<Signer> {
  const { algorithm, row, kid } = named(jwk)
  const members = { ...publicPart(algorithm, jwk), ...secretPart(algorithm, jwk) }
  return { kid, algorithm, use: row.use, key: await load(kid, row, members, 'sign') }
}

function named(jwk: Jwk) {
  if (!isAlgorithm(jwk.alg) || typeof jwk.kid !== 'string')
    throw new TypeError('A key was not checked before its import.')
  return { algorithm: jwk.alg, row: ALGORITHMS[jwk.alg], kid: jwk.kid }
}

async function load(kid: string, row: Row, members: Record<string, unknown>, usage: 'sign' | 'verify') {
  try {
    return await crypto.subtle.importKey('jwk', { ...members, kty: row.kty }, row.load, false, [usage])
  } catch {
    // The runtime's own words may say something about the key; ours say only which one it is.
    throw new Error(`The signing key ${kid} cannot be loaded: its numbers do not make a key.`)
  }
}
