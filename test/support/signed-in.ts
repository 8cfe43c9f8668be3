import { ask } from './people.ts'

export const changePassword = (token: string, body: object, headers: Record<string, string> = {}) =>
  ask('POST', '/auth/password/change', token, { body, headers })

export const deleteMe = (token: string, body: object, headers: Record<string, string> = {}) =>
  ask('DELETE', '/auth/me', token, { body, headers })
