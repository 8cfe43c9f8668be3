import { Buffer } from 'node:buffer'
import { type Algorithm, isAlgorithm, type Jwk, publicPart, SIGNS_FROM } from './algorithms.ts'
import { toBase64url } from './bytes.ts'
import { parseObject } from './json.ts'
import { signingKeyProblem } from './jwk-check.ts'
import { signJws, verifyJws } from './jws.ts'
import { checkJwtSecret } from './secret-strength.ts'
import { type FindVerifier, importSigner, importVerifiers, type Signer, type Verifier } from './webcrypto-keys.ts'

export type SigningKeySettings = Readonly<{
  algorithm: Algorithm
  /** By slot: each the JSON text of a private JWK that says in `postern_signs_from` from when it signs. A slot may be empty. */
  signingKeys: readonly (string | undefined)[]
  jwtSecret?: string | undefined
}>

export type SigningKeys = Readonly<{
  /** The newest key of the set algorithm whose time has come. */
  signer: (now: Date) => Signer
  verifier: FindVerifier
  /** What offline verifiers need: the next key before it signs, the current one, and the last one. */
  jwks: (now: Date) => { keys: Jwk[] }
}>

/** `slot` counts from 1; the problem is the rest of a sentence that begins with the name of the setting. */
export type SigningKeyProblem = Readonly<{ slot: number | 'jwtSecret'; problem: string }>

/** The secret has one name for ever: its thumbprint would be something to test guesses with. */
const SECRET_KID = 'jwt-secret'

/** Says which slot is wrong and why, never anything of what is in it. */
export function signingKeyProblems(settings: SigningKeySettings, now: Date): SigningKeyProblem[] {
  const problems = lastingProblems(settings)
  return problems.length ? problems : timeProblems(settings, now)
}

/** A service whose every key is for later could sign nobody in, and its key set would have no current key. */
function timeProblems({ algorithm, signingKeys }: SigningKeySettings, now: Date): SigningKeyProblem[] {
  if (algorithm === 'HS256') return []
  const times = signingKeys.map((text) => {
    const jwk = parseObject(text ?? '')
    return jwk?.alg === algorithm ? Date.parse(String(jwk[SIGNS_FROM])) : Number.NaN
  })
  if (times.some((time) => time <= now.getTime())) return []
  return [{ slot: times.findIndex((time) => !Number.isNaN(time)) + 1, problem: 'must hold a key that signs already' }]
}

function lastingProblems({ algorithm, signingKeys, jwtSecret }: SigningKeySettings): SigningKeyProblem[] {
  if (algorithm === 'HS256') {
    const problem = jwtSecret ? checkJwtSecret(jwtSecret) : 'must be set, since HS256 signs with it'
    return problem ? [{ slot: 'jwtSecret', problem }] : []
  }
  const seen = new Set<unknown>()
  const problems = signingKeys.flatMap((text, index): SigningKeyProblem[] => {
    if (!text) return []
    const jwk = parseObject(text)
    const twice = jwk && seen.has(jwk.kid) ? 'holds the same key as a slot before it' : null
    const problem = jwk ? (signingKeyProblem(jwk) ?? twice) : 'must be the JSON text of a private key'
    seen.add(jwk?.kid)
    return problem ? [{ slot: index + 1, problem }] : []
  })
  const found = signingKeys.some((text) => text && parseObject(text)?.alg === algorithm)
  return problems.length || found ? problems : [{ slot: 1, problem: `must hold a private key for ${algorithm}` }]
}

/** Imports what `signingKeyProblems` finds nothing wrong with. Once per isolate: the caller keeps the promise. */
export async function loadSigningKeys(settings: SigningKeySettings): Promise<SigningKeys> {
  if (lastingProblems(settings).length) throw new Error('The signing keys were not checked.')
  return settings.algorithm === 'HS256' ? loadSecret(settings.jwtSecret ?? '') : loadPairs(settings)
}

/** Whoever verifies HS256 tokens can also make them, so nothing of this key is ever published. */
async function loadSecret(secret: string): Promise<SigningKeys> {
  const jwk = { kty: 'oct', alg: 'HS256', kid: SECRET_KID, k: toBase64url(Buffer.from(secret)) }
  const [signer, verifier] = await Promise.all([importSigner(jwk), importVerifiers([jwk])])
  return { signer: () => signer, verifier, jwks: () => ({ keys: [] }) }
}

async function loadPairs({ algorithm, signingKeys }: SigningKeySettings): Promise<SigningKeys> {
  const jwks = signingKeys.map((text) => parseObject(text ?? '')).filter((jwk) => jwk !== null)
  const verifier = await importVerifiers(jwks.map(asPublic))
  const pairs = await Promise.all(jwks.map((jwk) => loadPair(jwk, verifier)))
  const oldestFirst = pairs.toSorted((a, b) => a.signsFrom - b.signsFrom)
  const begun = (now: Date) => oldestFirst.filter(({ signsFrom }) => signsFrom <= now.getTime())
  const current = (now: Date) => {
    const pair = begun(now).findLast(({ signer }) => signer.algorithm === algorithm)
    if (!pair) throw new Error(`No signing key for ${algorithm} has reached the time from which it signs.`)
    return pair
  }
  return {
    signer: (now) => current(now).signer,
    verifier,
    jwks: (now) => {
      const next = oldestFirst.find(({ signsFrom }) => signsFrom > now.getTime())
      const last = begun(now).findLast((pair) => pair !== current(now))
      return { keys: [next, current(now), last].flatMap((pair) => (pair ? [pair.published] : [])) }
    },
  }
}

async function loadPair(jwk: Jwk, find: FindVerifier) {
  const signer = await importSigner(jwk)
  const verifier = find(signer.kid, signer.algorithm)
  if (!verifier || !(await halvesMatch(signer, verifier))) {
    throw new Error(`The two halves of the signing key ${signer.kid} do not belong together.`)
  }
  return { signer, published: asPublic(jwk), signsFrom: Date.parse(String(jwk[SIGNS_FROM])) }
}

/** A private half beside the wrong public one would sign tokens that nobody accepts: better to stop at the start. */
async function halvesMatch(signer: Signer, verifier: Verifier): Promise<boolean> {
  try {
    return (await verifyJws(() => verifier, await signJws(signer, 'probe', '{}'))).ok
  } catch {
    // BoringSSL checks its own RSA signatures and fails on such a pair.
    return false
  }
}

const asPublic = (jwk: Jwk): Jwk =>
  isAlgorithm(jwk.alg) ? { ...publicPart(jwk.alg, jwk), kid: jwk.kid, alg: jwk.alg, use: 'sig' } : {}
