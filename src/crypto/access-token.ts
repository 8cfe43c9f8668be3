import * as z from 'zod'
import { lazy, type Parsed } from '../kernel/lazy.ts'
import { isId, newId, toText } from './bytes.ts'
import { parseOwnObject } from './json.ts'
import { type JwsFault, type Refused, signJws, verifyJws } from './jws.ts'
import type { SigningKeys } from './signing-keys.ts'
import type { VerifiedCache } from './verified-cache.ts'

/** RFC 9068 §2.1: no other token of ours has this type, so none can stand in for an access token. */
const TYPE = 'at+jwt'

/** Whatever is longer than any token that we issue costs nothing but this comparison. */
const LONGEST_TOKEN = 8192

/** No setting makes a token live longer. A leaked key cannot sign for years ahead. */
const LONGEST_LIFETIME_SECONDS = 24 * 60 * 60

const text = () => z.string().min(1)
/** Seconds since 1970 (RFC 7519 §2), whole ones, as we write them. */
const time = () => z.int().positive()

const Claims = lazy(() =>
  z.object({
    iss: text(),
    sub: z.string().regex(/^[1-9]\d{0,14}$/),
    aud: text(),
    iat: time(),
    exp: time(),
    nbf: time().optional(),
    jti: text(),
    sid: z.string().refine((sid) => splitSid(sid) !== null),
    client_id: text(),
    username: text(),
    roles: z.array(z.string()).readonly(),
  }),
)

export type AccessClaims = Readonly<Parsed<typeof Claims>>

export type AccessTokenFault =
  | JwsFault
  | 'too_large'
  | 'type'
  | 'claims'
  | 'issuer'
  | 'audience'
  | 'lifetime'
  | 'not_yet'
  | 'expired'

export type AccessTokenRequest = Readonly<{
  issuer: string
  audience: string
  userId: number
  subject: string
  sessionId: string
  /** Of the refresh token beside which it is issued: whoever shows this token has received that one. */
  generation: number
  clientId: string
  username: string
  roles: readonly string[]
  /** The caller shortens it where the session ends sooner. */
  lifetimeSeconds: number
}>

export type Expectations = Readonly<{
  issuer: string
  audience: string
  now: Date
  /** How far the clocks of two of our machines may differ. It never lengthens a life. */
  leewaySeconds?: number
  /** For log-out: the signature must be good, the time may be over. */
  readExpired?: boolean
  remembered?: VerifiedCache
}>

/** `sid` names the session object and the session in it. */
export const makeSid = (subject: string, sessionId: string): string => `${subject}.${sessionId}`

export function splitSid(sid: string): { subject: string; sessionId: string } | null {
  const [subject = '', sessionId = '', ...more] = sid.split('.')
  return isId(subject) && isId(sessionId) && more.length === 0 ? { subject, sessionId } : null
}

/** The generation that `jti` ends with. Zero, which no session ever has, where it carries none. */
export const generationIn = (jti: string): number => Number(/^[\w-]{22}\.(\d{1,10})$/.exec(jti)?.[1] ?? 0)

const seconds = (date: Date) => Math.floor(date.getTime() / 1000)

export async function signAccessToken(keys: SigningKeys, request: AccessTokenRequest, now: Date): Promise<string> {
  const claims = {
    iss: request.issuer,
    sub: String(request.userId),
    aud: request.audience,
    iat: seconds(now),
    exp: seconds(now) + request.lifetimeSeconds,
    jti: `${newId()}.${request.generation}`,
    sid: makeSid(request.subject, request.sessionId),
    client_id: request.clientId,
    username: request.username,
    roles: request.roles,
  } satisfies AccessClaims
  return signJws(keys.signer(now), TYPE, JSON.stringify(claims))
}

export type AccessTokenAnswer = Readonly<{ ok: true; claims: AccessClaims }> | Refused<AccessTokenFault>

/** Accepts what `signAccessToken` writes, spelt as it writes it, and nothing else. It never throws on any token. */
export async function verifyAccessToken(
  keys: SigningKeys,
  token: string,
  expected: Expectations,
): Promise<AccessTokenAnswer> {
  if (token.length > LONGEST_TOKEN) return { ok: false, reason: 'too_large' }
  const known = expected.remembered?.recall(token, keys.verifier)
  const read = known ? { ok: true as const, claims: known, verifier: null } : await readSigned(keys, token)
  if (!read.ok) return read
  const fault = claimsFault(read.claims, expected)
  if (fault) return { ok: false, reason: fault }
  if (read.verifier) expected.remembered?.remember(token, read.verifier, read.claims)
  return { ok: true, claims: read.claims }
}

async function readSigned(keys: SigningKeys, token: string) {
  const jws = await verifyJws(keys.verifier, token)
  if (!jws.ok) return jws
  const refuse = (reason: AccessTokenFault) => ({ ok: false as const, reason })
  if (jws.typ !== TYPE) return refuse('type')
  const payload = parseOwnObject(toText(jws.payload) ?? '')
  if (!payload || !parseOwnObject(jws.headerText)) return refuse('malformed')
  const claims = Claims().safeParse(payload)
  return claims.success ? { ok: true as const, claims: claims.data, verifier: jws.verifier } : refuse('claims')
}

/** What is asked again of a remembered token, since it changes with time and place. */
function claimsFault(claims: AccessClaims, expected: Expectations): AccessTokenFault | null {
  const now = seconds(expected.now)
  const soon = now + (expected.leewaySeconds ?? 5)
  if (claims.iss !== expected.issuer) return 'issuer'
  if (claims.aud !== expected.audience) return 'audience'
  if (claims.exp <= claims.iat || claims.exp - claims.iat > LONGEST_LIFETIME_SECONDS) return 'lifetime'
  if (claims.iat > soon || (claims.nbf ?? 0) > soon) return 'not_yet'
  return claims.exp <= now && !expected.readExpired ? 'expired' : null
}
