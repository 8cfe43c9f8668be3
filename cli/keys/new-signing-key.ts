import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose'
import { type PairAlgorithm, publicPart, SIGNS_FROM, secretPart } from '../../src/crypto/algorithms.ts'

/** The JSON text of a new private key, ready to be the value of `SIGNING_KEY_n`. */
export async function newSigningKey(algorithm: PairAlgorithm, signsFrom: Date): Promise<string> {
  const { privateKey } = await generateKeyPair(algorithm, { extractable: true })
  const jwk = await exportJWK(privateKey)
  return JSON.stringify({
    ...publicPart(algorithm, jwk),
    ...secretPart(algorithm, jwk),
    alg: algorithm,
    use: 'sig',
    kid: await calculateJwkThumbprint(jwk),
    [SIGNS_FROM]: signsFrom.toISOString(),
  })
}
