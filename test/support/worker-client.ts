import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect } from 'vitest'
import { OperatorRpc, VerifyRpc } from '../../src/compose/rpc/entrypoints.ts'
import { call, postJson } from './api.ts'
import { bearer, PASSWORD, type TokenAnswer } from './people.ts'

const ANN = 'ann@example.com'
type Headers = Record<string, string>

/** What people and other Workers ask of a Worker that has these bindings. */
export function workerClient(bindings: Env = env) {
  const signedIn = (token: string, method: string, path: string, body?: object) =>
    call(
      path,
      {
        method,
        headers: { ...bearer(token), 'cf-connecting-ip': '203.0.113.7', 'content-type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
      },
      bindings,
    )
  const get = (path: string, token: string) => call(path, { headers: bearer(token) }, bindings)
  const tryToLogIn = (fields: object = {}, headers: Headers = {}) =>
    postJson('/auth/login', { username: ANN, password: PASSWORD, ...fields }, headers, bindings)
  const operator = () => new OperatorRpc(createExecutionContext(), bindings)
  return {
    register: (email = ANN, fields: object = {}, headers: Headers = {}) =>
      postJson('/auth/register', { email, password: PASSWORD, ...fields }, headers, bindings),
    tryToLogIn,
    async logIn(fields: object = {}, headers: Headers = {}): Promise<TokenAnswer> {
      const response = await tryToLogIn(fields, headers)
      expect(response.status).toBe(200)
      return response.json()
    },
    refresh: (refresh_token: string, headers: Headers = {}) =>
      postJson('/auth/refresh', { refresh_token }, headers, bindings),
    me: (token: string) => get('/auth/me', token),
    logOut: (token: string, body: object = {}) => postJson('/auth/logout', body, bearer(token), bindings),
    logOutBy: (refresh_token: string) => postJson('/auth/logout', { refresh_token }, {}, bindings),
    list: (token: string) => get('/auth/sessions', token),
    endSession: (token: string, id: string) => signedIn(token, 'DELETE', `/auth/sessions/${id}`),
    endOthers: (token: string) => signedIn(token, 'DELETE', '/auth/sessions'),
    changePassword: (token: string, new_password: string, current_password = PASSWORD) =>
      postJson('/auth/password/change', { current_password, new_password }, bearer(token), bindings),
    changeProfile: (token: string, body: object) => signedIn(token, 'PATCH', '/auth/me', body),
    deleteAccount: (token: string, password = PASSWORD) => signedIn(token, 'DELETE', '/auth/me', { password }),
    verify: (token: string, maxStaleness = 0) =>
      new VerifyRpc(createExecutionContext(), bindings).verify({ token, maxStaleness }),
    disable: (userId: number) => operator().disableUser({ userId }),
    enable: (userId: number) => operator().enableUser({ userId }),
    setRoles: (userId: number, roles: string[]) => operator().setRoles({ userId, roles }),
  }
}

export const sessionsIn = async (response: Response) =>
  (await response.json<{ sessions: { id: string; current: boolean }[] }>()).sessions

/** Several requests at once. */
export const many = <T>(count: number, one: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => one(index)))

/** How many of several requests at once were answered so. */
export const winners = async (count: number, status: number, one: (index: number) => Promise<Response>) =>
  statuses(await many(count, one))[status] ?? 0

/** How often each status was answered. */
export function statuses(responses: readonly Response[]): Record<number, number> {
  const counted: Record<number, number> = {}
  for (const { status } of responses) counted[status] = (counted[status] ?? 0) + 1
  return counted
}
