import { decodeJwt } from 'jose'
import { newSigningKey } from '../../cli/keys/new-signing-key.ts'
import { signAccessToken, verifyAccessToken } from '../../src/crypto/access-token.ts'
import { newId, toBase64url } from '../../src/crypto/bytes.ts'
import { loadSigningKeys, type SigningKeys } from '../../src/crypto/signing-keys.ts'

export const now = new Date('2026-03-01T12:00:00Z')
export const at = now.getTime() / 1000
export const later = (seconds: number) => new Date(now.getTime() + seconds * 1000)
export const text = await newSigningKey('ES256', later(-3600))
export const keys = await loadSigningKeys({ algorithm: 'ES256', signingKeys: [text] })
export const jwtSecret = 'kD8-2mXw_9fQzL4vB7nR1tYc6HsJ3pGa'
export const expected = { issuer: 'https://auth.example.com', audience: 'example', now }
export const request = {
  ...expected,
  userId: 7,
  subject: newId(),
  sessionId: newId(),
  generation: 1,
  clientId: 'first-party',
  username: 'ann',
  roles: ['user'],
  lifetimeSeconds: 900,
}
export const issue = (more: Partial<typeof request> = {}, by: SigningKeys = keys) =>
  signAccessToken(by, { ...request, ...more }, now)
export const verify = (token: string, more: Partial<Parameters<typeof verifyAccessToken>[2]> = {}) =>
  verifyAccessToken(keys, token, { ...expected, ...more })
export const reason = async (token: string, more = {}) => {
  const answer = await verify(token, more)
  return answer.ok ? 'accepted' : answer.reason
}

export const encode = (value: string) => toBase64url(new TextEncoder().encode(value))
/** Signs any two texts with the right key: what is refused then is refused for what it says. */
export async function forge(header: string, payload: string): Promise<string> {
  const signed = `${encode(header)}.${encode(payload)}`
  const { key } = keys.signer(now)
  const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key, new TextEncoder().encode(signed))
  return `${signed}.${toBase64url(new Uint8Array(signature))}`
}
export const kid = keys.signer(now).kid
export const header = { alg: 'ES256', typ: 'at+jwt', kid }
export const claims = decodeJwt(await issue())
export const withHeader = (members: object) => forge(JSON.stringify({ ...header, ...members }), JSON.stringify(claims))
export const withClaims = (members: object) => forge(JSON.stringify(header), JSON.stringify({ ...claims, ...members }))
/** For what `JSON.stringify` would not write: puts a text in the place of a claim's value. */
export const withRaw = (claim: string, raw: string) =>
  forge(JSON.stringify(header), JSON.stringify({ ...claims, [claim]: '@' }).replace('"@"', raw))
