import { createHash } from 'node:crypto'

/** A JSON Web Key as it comes from a setting: nothing about it is known until it has been checked. */
export type Jwk = Readonly<Record<string, unknown>>

/** One row is one way to sign. `publicMembers` are in the order in which RFC 7638 hashes them. */
export const ALGORITHMS = {
  ES256: {
    kty: 'EC',
    crv: 'P-256',
    publicMembers: ['crv', 'kty', 'x', 'y'],
    secretMembers: ['d'],
    memberBytes: { x: 32, y: 32, d: 32 },
  },
  EdDSA: {
    kty: 'OKP',
    crv: 'Ed25519',
    publicMembers: ['crv', 'kty', 'x'],
    secretMembers: ['d'],
    memberBytes: { x: 32, d: 32 },
  },
  RS256: {
    kty: 'RSA',
    crv: undefined,
    publicMembers: ['e', 'kty', 'n'],
    secretMembers: ['d', 'p', 'q', 'dp', 'dq', 'qi'],
    memberBytes: {},
  },
  HS256: {
    kty: 'oct',
    crv: undefined,
    publicMembers: [],
    secretMembers: ['k'],
    memberBytes: {},
  },
} as const

export type Algorithm = keyof typeof ALGORITHMS
/** HS256 signs with `JWT_SECRET`; every other algorithm with a key pair in `SIGNING_KEY_n`. */
export type PairAlgorithm = Exclude<Algorithm, 'HS256'>

export const isAlgorithm = (name: unknown): name is Algorithm =>
  typeof name === 'string' && Object.hasOwn(ALGORITHMS, name)

/** The member of a private key that says from when it signs; the name cannot collide with a registered one. */
export const SIGNS_FROM = 'postern_signs_from'

const pick = (jwk: Jwk, members: readonly string[]) => Object.fromEntries(members.map((name) => [name, jwk[name]]))

/** What the world may see: a list of members to keep, so that no unknown member ever slips out. */
export const publicPart = (algorithm: Algorithm, jwk: Jwk) => pick(jwk, ALGORITHMS[algorithm].publicMembers)
export const secretPart = (algorithm: Algorithm, jwk: Jwk) => pick(jwk, ALGORITHMS[algorithm].secretMembers)

/** RFC 7638: the name of a key follows from the key, so two keys never share one. */
export const thumbprint = (algorithm: Algorithm, jwk: Jwk) =>
  createHash('sha256')
    .update(JSON.stringify(publicPart(algorithm, jwk)))
    .digest('base64url')
