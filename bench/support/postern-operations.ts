import { answered, type Client } from './client.ts'

const PASSWORD = 'correct horse battery'

type Tokens = { access_token: string; refresh_token: string; device_token: string }
type Asks = Record<string, () => Promise<unknown>>

/** What is asked of Postern, each for itself and as often as somebody likes. `verifier` is a Worker that asks over RPC. */
export async function posternOperations(ask: Client, verifier: Client): Promise<Asks> {
  let registered = 0
  let address = 0
  const register = (email: string) => answered(ask('/auth/register', { email, password: PASSWORD }), 201)
  const logIn = (username: string, more = {}, from = {}) =>
    answered<Tokens>(ask('/auth/login', { username, password: PASSWORD, ...more }, undefined, from))
  const fresh = () => ({ 'cf-connecting-ip': `2001:db8:${(++address).toString(16)}::1` })
  // Every log-in of the one ends an older session of theirs. The other has a session that is refreshed, and one that stays as it is.
  const [often, seldom] = ['ann@example.com', 'ben@example.com']
  await register(often)
  await register(seldom)
  const { device_token } = await logIn(often)
  let refreshed = await logIn(seldom)
  const stays = await logIn(seldom)
  const verify = (maxStaleness: number) => answered(verifier('/', { token: stays.access_token, maxStaleness }))
  return {
    register: () => register(`person-${++registered}@example.com`),
    'log-in': () => logIn(often),
    'log-in, new address': () => logIn(often, {}, fresh()),
    'log-in, known device': () => logIn(often, { device_token }),
    refresh: async () => {
      const { refresh_token } = refreshed
      refreshed = await answered<Tokens>(ask('/auth/refresh', { refresh_token }))
    },
    me: () => answered(ask('/auth/me', undefined, stays.access_token)),
    verify: () => verify(0),
    'verify, seen lately': () => verify(30),
  }
}
