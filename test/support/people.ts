import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect } from 'vitest'
import { AuthRpc, OperatorRpc, VerifyRpc } from '../../src/compose/rpc/entrypoints.ts'
import { afterwork } from './after-work.ts'
import { call, postJson } from './api.ts'

export const ANN = 'ann@example.com'
export const PASSWORD = 'correct horse battery'
export const NEXT = 'another horse battery'
export const ADDRESS = '203.0.113.7'

export type TokenAnswer = {
  access_token: string
  refresh_token: string
  token_type: string
  expires_in: number
  device_token: string
}

type Headers = Record<string, string>
export const from = (address: string) => ({ 'cf-connecting-ip': address })
export const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

/** A request of somebody who holds this access token. */
export const ask = (
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
  path: string,
  token: string,
  { body, headers, bindings }: { body?: object; headers?: Headers; bindings?: Env } = {},
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

/** What people and other Workers ask of a Worker that has these bindings. */
export function workerClient(bindings: Env = env) {
  const send = (path: string, init?: RequestInit) => call(path, init, bindings)
  const get = (path: string, headers: Headers = {}) => send(path, { headers })
  const post = (path: string, body: unknown, headers: Headers = {}) => postJson(path, body, headers, bindings)
  const tryToLogIn = (fields: object = {}, headers: Headers = {}) =>
    post('/auth/login', { username: ANN, password: PASSWORD, ...fields }, headers)
  const auth = () => new AuthRpc(createExecutionContext(), bindings)
  const operator = () => new OperatorRpc(createExecutionContext(), bindings)
  return {
    send,
    get,
    post,
    register: (email = ANN, fields: object = {}, headers: Headers = {}) =>
      post('/auth/register', { email, password: PASSWORD, ...fields }, headers),
    tryToLogIn,
    async logIn(fields: object = {}, headers: Headers = {}): Promise<TokenAnswer> {
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
    refresh: (refresh_token: string, headers: Headers = {}) => post('/auth/refresh', { refresh_token }, headers),
    me: (token: string) => get('/auth/me', bearer(token)),
    logOut: (token: string, body: object = {}) => post('/auth/logout', body, bearer(token)),
    logOutBy: (refresh_token: string, body: object = {}) => post('/auth/logout', { refresh_token, ...body }),
    list: (token: string) => get('/auth/sessions', bearer(token)),
    endSession: (token: string, id: string) => ask('DELETE', `/auth/sessions/${id}`, token, { bindings }),
    endOthers: (token: string) => ask('DELETE', '/auth/sessions', token, { bindings }),
    changePassword: (token: string, new_password: string, current_password = PASSWORD) =>
      post('/auth/password/change', { current_password, new_password }, bearer(token)),
    changeProfile: (token: string, body: object) => ask('PATCH', '/auth/me', token, { body, bindings }),
    deleteAccount: (token: string, password = PASSWORD) =>
      ask('DELETE', '/auth/me', token, { body: { password }, bindings }),
    verify: (token: string, maxStaleness = 0) =>
      new VerifyRpc(createExecutionContext(), bindings).verify({ token, maxStaleness }),
    disable: (userId: number) => operator().disableUser({ userId }),
    enable: (userId: number) => operator().enableUser({ userId }),
    setRoles: (userId: number, roles: string[]) => operator().setRoles({ userId, roles }),
    revoke: (userId: number) => auth().revokeUser({ userId }),
    revokeSession: (userId: number, sessionId: string) => auth().revokeSession({ userId, sessionId }),
  }
}

export type Client = ReturnType<typeof workerClient>
export const people = workerClient()
/** The same service under other settings. Users, sessions and counts are shared with every other one. */
export const serviceWith = (settings: Record<string, string>) => workerClient({ ...env, ...settings })

export async function register(email = ANN, fields: object = {}): Promise<number> {
  const response = await people.register(email, fields)
  expect(response.status).toBe(201)
  return (await response.json<{ user_id: number }>()).user_id
}

export async function registerAndLogIn(email = ANN): Promise<TokenAnswer & { userId: number }> {
  const userId = await register(email)
  return { userId, ...(await people.logIn({ username: email })) }
}

export const codeOf = async (response: Response) =>
  `${response.status} ${(await response.json<{ code?: string }>()).code}`

export const sessionsIn = async (response: Response) =>
  (await response.json<{ sessions: { id: string; current: boolean }[] }>()).sessions

/** The claims of a token, unverified. */
export const claimsIn = (token: string) => {
  const [, payload = ''] = token.split('.')
  return JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')))
}

/** Where the session of these tokens is held. */
export const objectOf = ({ access_token }: TokenAnswer) =>
  env.USER_SESSIONS.getByName(String(claimsIn(access_token).sid).split('.')[0] ?? '')
