import { AuthError } from '../kernel/failure.ts'
import { accessTokenMissing, invalidAccessToken } from './failures.ts'

/** RFC 6750 §2.1. One scheme, one token, and nothing that another reader could take for two. */
export function bearerToken({ headers }: Request): string | null {
  const header = headers.get('authorization')
  if (header === null) return null
  const [, token] = /^bearer ([\w.~+/-]+=*)$/i.exec(header) ?? []
  if (!token) throw new AuthError(invalidAccessToken, { reason: 'not a bearer token' })
  return token
}

export function requireBearer(request: Request): string {
  const token = bearerToken(request)
  if (token === null) throw new AuthError(accessTokenMissing)
  return token
}
