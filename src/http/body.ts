import { toText } from '../crypto/bytes.ts'
import { AuthError } from '../kernel/failure.ts'
import { arriving } from './cut-off.ts'
import { bodyTooLarge, malformedJson, unsupportedMediaType } from './failures.ts'
import { parseStrictForm } from './strict-form.ts'
import { parseStrictJson } from './strict-json.ts'

/** Room for every field at its longest, and no more: a password has its own, smaller bound. */
export const BODY_LIMIT = 64 * 1024

/** A body a little over the limit is read to its end and dropped: a client that still sends may miss an early answer. */
const DROPPED_LIMIT = 2 * BODY_LIMIT

/** A map, since the type is the caller's word, and every object has a `constructor`. */
const PARSERS: ReadonlyMap<string, (text: string) => unknown> = new Map([
  ['application/json', parseStrictJson],
  ['application/x-www-form-urlencoded', parseStrictForm],
])

/** Exactly the two types: an oddly spelt one is how a form gets past a check for forms (an advisory of hono). */
export function mediaType(request: Request): string | null {
  const header = request.headers.get('content-type')
  if (header === null) return null
  const [essence = '', ...parameters] = header.split(';').map((part) => part.trim().toLowerCase())
  const utf8 = parameters.every((parameter) => /^charset="?utf-8"?$/.test(parameter))
  return utf8 ? essence : ''
}

/** A request without body and content type reads as `{}`, so that log-out can do with its header alone. */
export async function readBody(request: Request, type: string | null): Promise<unknown> {
  const bytes = await readBounded(request)
  if (type === null && bytes.length === 0) return {}
  const parse = type === null ? undefined : PARSERS.get(type)
  if (!parse) throw new AuthError(unsupportedMediaType)
  return parse(requireUtf8(bytes))
}

/**
 * Counts bytes as they arrive, since the length can be absent (chunked transfer). A declared length binds the sender (RFC 9112
 * §6.3), so such a body is read at once and counted afterwards.
 */
async function readBounded(request: Request): Promise<Uint8Array> {
  const { headers } = request
  if (Number(headers.get('content-length')) > DROPPED_LIMIT) throw new AuthError(bodyTooLarge)
  if (headers.has('content-length') && !headers.has('transfer-encoding'))
    return requireShort(await arriving(request, request.bytes()))
  const chunks: Uint8Array[] = []
  let length = 0
  const reader = request.body?.getReader()
  const next = () => reader && arriving(request, reader.read())
  for (let part = await next(); part?.value; part = await next()) {
    length += part.value.length
    if (length <= BODY_LIMIT) chunks.push(part.value)
    if (length > DROPPED_LIMIT) break
  }
  if (length > BODY_LIMIT) throw new AuthError(bodyTooLarge)
  const whole = new Uint8Array(length)
  let offset = 0
  for (const chunk of chunks) {
    whole.set(chunk, offset)
    offset += chunk.length
  }
  return whole
}

function requireShort(bytes: Uint8Array): Uint8Array {
  if (bytes.length > BODY_LIMIT) throw new AuthError(bodyTooLarge)
  return bytes
}

function requireUtf8(bytes: Uint8Array): string {
  const text = toText(bytes)
  if (text === null) throw new AuthError(malformedJson, { reason: 'the body is not UTF-8' })
  return text
}
