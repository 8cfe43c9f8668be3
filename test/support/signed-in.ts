import { call } from './api.ts'
import { ADDRESS, bearer, from } from './people.ts'

/** A request of somebody who holds this access token. */
export const ask = (
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
  path: string,
  token: string,
  { body, headers, bindings }: { body?: object; headers?: Record<string, string>; bindings?: Env } = {},
) =>
  call(
    path,
    {
      method,
      headers: { ...from(ADDRESS), ...bearer(token), ...(body && { 'content-type': 'application/json' }), ...headers },
      body: body ? JSON.stringify(body) : null,
    },
    bindings,
  )

export const changePassword = (token: string, body: object, headers: Record<string, string> = {}) =>
  ask('POST', '/auth/password/change', token, { body, headers })

export const deleteMe = (token: string, body: object, headers: Record<string, string> = {}) =>
  ask('DELETE', '/auth/me', token, { body, headers })
