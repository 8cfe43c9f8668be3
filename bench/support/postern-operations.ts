import type { Name } from '../counted.ts'
import { answered, type Client } from './client.ts'

const PASSWORD = 'correct horse battery'

type Tokens = { access_token: string; refresh_token: string; device_token: string }

/** `prepare` makes what the next `count` of them use up, and is not measured. */
export type Ask = { ask: () => Promise<unknown>; prepare?: (count: number) => Promise<void> }

/** Where each part of the measurements finds Postern, and a Worker that asks it over RPC. */
export type Doors = { postern: Client; verifier: Client }

/** What is asked of Postern, each for itself and as often as somebody likes. */
export async function posternOperations({ postern, verifier }: Doors): Promise<Partial<Record<Name, Ask>>> {
  let made = 0
  let address = 0
  const register = async () => {
    const email = `person-${++made}@example.com`
    // Not all from one place, of which no guard would take so many.
    const from = { 'cf-connecting-ip': `198.51.100.${Math.floor(made / 50)}` }
    await answered(postern('/auth/register', { email, password: PASSWORD }, undefined, from), 201)
    return email
  }
  const logIn = (username: string, more = {}, from = {}) =>
    answered<Tokens>(postern('/auth/login', { username, password: PASSWORD, ...more }, undefined, from))
  const refresh = ({ refresh_token }: Tokens) => answered<Tokens>(postern('/auth/refresh', { refresh_token }))
  const me = ({ access_token }: Tokens) => answered(postern('/auth/me', undefined, access_token))
  const logOut = ({ access_token }: Tokens) => answered(postern('/auth/logout', {}, access_token))
  const fresh = () => ({ 'cf-connecting-ip': `2001:db8:${(++address).toString(16)}::1` })

  // Each log-in of the one ends an older session of theirs. The other has a session that is refreshed, and one that stays as it is.
  const [often, seldom] = [await register(), await register()]
  const { device_token } = await logIn(often)
  let refreshed = await logIn(seldom)
  const stays = await logIn(seldom)
  const verify = (maxStaleness: number) => answered(verifier('/', { token: stays.access_token, maxStaleness }))
  await me(stays)

  const strangers = supply(register)
  const guests = supply(async () => {
    const email = await register()
    await logIn(email)
    return email
  })
  const signedIn = supply(async () => logIn(await register()))
  return {
    register: { ask: register },
    'log-in, the first': { ...strangers, ask: () => logIn(strangers.take()) },
    'log-in': { ...guests, ask: () => logIn(guests.take()) },
    'log-in, at the limit of sessions': { ask: () => logIn(often) },
    'log-in, new address': { ask: () => logIn(often, {}, fresh()) },
    'log-in, known device': { ask: () => logIn(often, { device_token }) },
    refresh: {
      ask: async () => {
        refreshed = await refresh(refreshed)
      },
    },
    me: { ask: () => me(stays) },
    verify: { ask: () => verify(0) },
    'verify, seen lately': { ask: () => verify(30) },
    'log-out': { ...signedIn, ask: () => logOut(signedIn.take()) },
  }
}

function supply<Thing>(make: () => Promise<Thing>) {
  const things: Thing[] = []
  return {
    prepare: async (count: number) => {
      while (things.length < count) things.push(await make())
    },
    take: (): Thing => {
      const thing = things.pop()
      if (thing === undefined) throw new Error('Nothing was prepared.')
      return thing
    },
  }
}
