import { env } from 'cloudflare:workers'
import { afterwork } from './after-work.ts'
import { call, postJson } from './api.ts'
import { from } from './people.ts'
import { workerClient } from './worker-client.ts'

export type Service = ReturnType<typeof serviceWith>

/** The same service under other settings. Users, sessions and counts are shared with every other one. */
export function serviceWith(settings: Record<string, string>) {
  const bindings: Env = { ...env, ...settings }
  const people = workerClient(bindings)
  const send = (path: string, init?: RequestInit) => call(path, init, bindings)
  return {
    ...people,
    send,
    get: (path: string, headers: Record<string, string> = {}) => send(path, { headers }),
    post: (path: string, body: unknown, headers: Record<string, string> = {}) =>
      postJson(path, body, headers, bindings),
    /** The status of a wrong guess and, where it is refused, for how long; it is counted when this is over. */
    guess: async (address: string, fields: object = {}): Promise<string> => {
      const response = await people.tryToLogIn({ password: 'wrong horse battery', ...fields }, from(address))
      await afterwork()
      return [response.status, response.headers.get('retry-after') ?? []].flat().join(' ')
    },
  }
}
