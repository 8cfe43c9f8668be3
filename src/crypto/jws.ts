import { Buffer } from 'node:buffer'
import { JWSSignatureVerificationFailed } from 'jose/errors'
import { CompactSign } from 'jose/jws/compact/sign'
import { compactVerify } from 'jose/jws/compact/verify'
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

export const signJws = ({ algorithm, kid, key }: Signer, typ: string, payload: string): Promise<string> =>
  new CompactSign(Buffer.from(payload)).setProtectedHeader({ alg: algorithm, typ, kid }).sign(key)

/**
 * A compact JWS (RFC 7515 §5.2). `jose` checks the signature; before that, only the one canonical spelling is let through, and
 * the header only says which key to look up: the algorithm is the key's own (RFC 8725 §3.1), and a header that names another
 * finds no key.
 */
export async function verifyJws(find: FindVerifier, compact: string): Promise<Jws | Refused<JwsFault>> {
  const [header, payload, signature, ...more] = compact.split('.').map(fromBase64url)
  if (!header || !payload || !signature || more.length > 0) return refuse('malformed')
  const headerText = toText(header)
  const names = headerText === null ? null : readHeader(headerText)
  if (headerText === null || !names) return refuse('header')
  const verifier = find(names.kid, names.alg)
  if (!verifier) return refuse('unknown_key')
  try {
    await compactVerify(compact, verifier.key, { algorithms: [verifier.algorithm] })
  } catch (error) {
    if (error instanceof JWSSignatureVerificationFailed) return refuse('signature')
    throw error
  }
  return { ok: true, headerText, typ: names.typ, payload, verifier }
}

function readHeader(text: string): { alg: string; kid: string; typ: string | undefined } | null {
  const header = parseObject(text)
  if (!header) return null
  const { alg, kid, typ } = header
  if (!Object.keys(header).every((name) => HEADER_MEMBERS.includes(name))) return null
  if (typeof alg !== 'string' || typeof kid !== 'string' || !(typ === undefined || typeof typ === 'string')) return null
  return { alg, kid, typ }
}
