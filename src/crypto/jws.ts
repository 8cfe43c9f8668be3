import { Buffer } from 'node:buffer'
import { fromBase64url, toText } from './bytes.ts'
import { parseObject } from './json.ts'
import type { FindVerifier, Signer, Verifier } from './webcrypto-keys.ts'

/** RFC 7515 §4.1 knows eight more; each of them lets a token choose its own key or its own rules. */
const HEADER_MEMBERS = ['alg', 'kid', 'typ']

export type JwsFault = 'malformed' | 'header' | 'unknown_key' | 'signature'

export type Jws = Readonly<{
  ok: true
  headerText: string
  typ: string | undefined
  payload: Uint8Array
  verifier: Verifier
}>
export type Refused<Fault extends string> = Readonly<{ ok: false; reason: Fault }>

const refuse = <Fault extends string>(reason: Fault): Refused<Fault> => ({ ok: false, reason })

/** The few headers that are ever written, as a token spells them. */
const spelt = new Map<string, string>()

function headerOf({ algorithm, kid }: Signer, typ: string): string {
  const header = JSON.stringify({ alg: algorithm, typ, kid })
  const known = spelt.get(header) ?? Buffer.from(header).toString('base64url')
  spelt.set(header, known)
  return known
}

export async function signJws(signer: Signer, typ: string, payload: string): Promise<string> {
  const signed = `${headerOf(signer, typ)}.${Buffer.from(payload).toString('base64url')}`
  const signature = await crypto.subtle.sign(signer.use, signer.key, Buffer.from(signed))
  return `${signed}.${Buffer.from(signature).toString('base64url')}`
}

/**
 * A compact JWS (RFC 7515 §5.2) in its one canonical spelling. The header only says which key to look up: the algorithm is
 * the key's own (RFC 8725 §3.1), and a header that names another finds no key.
 */
export async function verifyJws(find: FindVerifier, compact: string): Promise<Jws | Refused<JwsFault>> {
  const [header, payload, signature, ...more] = compact.split('.').map(fromBase64url)
  if (!header || !payload || !signature || more.length > 0) return refuse('malformed')
  const headerText = toText(header)
  const names = headerText === null ? null : readHeader(headerText)
  if (headerText === null || !names) return refuse('header')
  const verifier = find(names.kid, names.alg)
  if (!verifier) return refuse('unknown_key')
  const signed = Buffer.from(compact.slice(0, compact.lastIndexOf('.')))
  const authentic = await crypto.subtle.verify(verifier.use, verifier.key, signature, signed)
  return authentic ? { ok: true, headerText, typ: names.typ, payload, verifier } : refuse('signature')
}

function readHeader(text: string): { alg: string; kid: string; typ: string | undefined } | null {
  const header = parseObject(text)
  if (!header) return null
  const { alg, kid, typ } = header
  if (!Object.keys(header).every((name) => HEADER_MEMBERS.includes(name))) return null
  if (typeof alg !== 'string' || typeof kid !== 'string' || !(typ === undefined || typeof typ === 'string')) return null
  return { alg, kid, typ }
}
