import {
  ALGORITHMS,
  type PairAlgorithm,
  publicPart,
  SIGNS_FROM,
  secretPart,
  thumbprint,
} from '../../src/crypto/algorithms.ts'

/** The JSON text of a new private key, ready to be the value of `SIGNING_KEY_n`. */
export async function newSigningKey(algorithm: PairAlgorithm, signsFrom: Date): Promise<string> {
  const generated = await crypto.subtle.generateKey(ALGORITHMS[algorithm].generate, true, ['sign', 'verify'])
  if (!('privateKey' in generated)) throw new Error(`${algorithm} did not make a pair of keys.`)
  const jwk = { ...(await crypto.subtle.exportKey('jwk', generated.privateKey)) }
  return JSON.stringify({
    ...publicPart(algorithm, jwk),
    ...secretPart(algorithm, jwk),
    alg: algorithm,
    use: 'sig',
    kid: thumbprint(algorithm, jwk),
    [SIGNS_FROM]: signsFrom.toISOString(),
  })
}
