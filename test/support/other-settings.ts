import { env } from 'cloudflare:workers'
import { expect } from 'vitest'
import { afterwork } from './after-work.ts'
import { call, postJson } from './api.ts'
import { bearer, from, PASSWORD, type TokenAnswer } from './people.ts'

export type Service = ReturnType<typeof serviceWith>

/** The same service under other settings. Users, sessions and counts are shared with every other one. */
export function serviceWith(settings: Record<string, string>) {
  const bindings: Env = { ...env, ...settings }
  const send = (path: string, init?: RequestInit) => call(path, init, bindings)
  const get = (path: string, headers: Record<string, string> = {}) => send(path, { headers })
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    postJson(path, body, headers, bindings)
  const tryToLogIn = (fields: object = {}, headers: Record<string, string> = {}) =>
    post('/auth/login', { username: 'ann@example.com', password: PASSWORD, ...fields }, headers)
  return {
    send,
    get,
    post,
    tryToLogIn,
    logIn: async (fields: object = {}, headers: Record<string, string> = {}): Promise<TokenAnswer> => {
      const response = await tryToLogIn(fields, headers)
      expect(response.status).toBe(200)
      return response.json()
    },
    /** The status of a wrong guess and, where it is refused, for how long; it is counted when this is over. */
    guess: async (address: string, fields: object = {}): Promise<string> => {
      const response = await tryToLogIn({ password: 'wrong horse battery', ...fields }, from(address))
      await afterwork()
      return [response.status, response.headers.get('retry-after') ?? []].flat().join(' ')
    },
    me: (token: string) => get('/auth/me', bearer(token)),
    refresh: (refresh_token: string) => post('/auth/refresh', { refresh_token }),
  }
}
