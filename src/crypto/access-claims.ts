import * as z from 'zod/mini'
import { lazy, type Parsed } from '../kernel/lazy.ts'
import { isId } from './bytes.ts'

const text = () => z.string().check(z.minLength(1))
/** Seconds since 1970 (RFC 7519 §2), whole ones, as we write them. */
const time = () => z.int().check(z.positive())

/** What an access token says (RFC 9068 §2.2). */
export const Claims = lazy(() =>
  z.object({
    iss: text(),
    sub: z.string().check(z.regex(/^[1-9]\d{0,14}$/)),
    aud: text(),
    iat: time(),
    exp: time(),
    nbf: z.optional(time()),
    jti: text(),
    sid: z.string().check(z.refine((sid) => splitSid(sid) !== null)),
    client_id: text(),
    username: text(),
    roles: z.readonly(z.array(z.string())),
  }),
)

export type AccessClaims = Readonly<Parsed<typeof Claims>>

/** `sid` names the session object and the session in it. */
export const makeSid = (subject: string, sessionId: string): string => `${subject}.${sessionId}`

export function splitSid(sid: string): { subject: string; sessionId: string } | null {
  const [subject = '', sessionId = '', ...more] = sid.split('.')
  return isId(subject) && isId(sessionId) && more.length === 0 ? { subject, sessionId } : null
}

/** The generation that `jti` ends with. Zero, which no session ever has, where it carries none. */
export const generationIn = (jti: string): number => Number(/^[\w-]{22}\.(\d{1,10})$/.exec(jti)?.[1] ?? 0)
