import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Name } from '../counted.ts'
import { build, ROOT } from './build.ts'
import { answered, type Client, clientAt } from './client.ts'
import type { Operation } from './cpu-rounds.ts'
import { endWithUs } from './end-with-us.ts'
import { posternWith, startDatabase } from './postern.ts'
import { type Doors, posternOperations } from './postern-operations.ts'
import { serve } from './workerd.ts'

type Tokens = { access_token: string; refresh_token: string }
type Asks = Record<string, () => Promise<unknown>>

/** An operation of a product, and the bare answer of the same runtime that it is set beside. */
export type PeerOperation = Operation & { who: string; what: string; hello: string }

export const HELLO = 'bare answer'

/** The peers of Workers and Postern in one workerd, and the one of Node in a process of its own. Where it is kept costs no peer anything. */
export async function startPeers() {
  const database = await startDatabase()
  const peer = (name: string) => build(`bench/peers/workers/${name}.toml`)
  const workerd = await serve({
    hono: { built: await build('bench/workers/bare-hono.toml') },
    object: { built: await build('bench/workers/bare-object.toml'), objects: { COUNTER: 'Counter' } },
    postern: await posternWith(await build(), { ...database, cost: 4 }),
    verifier: {
      built: await build('bench/workers/verifier.toml'),
      services: { POSTERN: { worker: 'postern', entrypoint: 'VerifyRpc' } },
    },
    betterAuth: { built: await peer('better-auth') },
    openAuth: { built: await peer('openauth') },
    oauthProvider: { built: await peer('workers-oauth-provider') },
  })
  const node = await startNode()
  const at = (name: string) => clientAt(workerd.port(name))
  const [hono, object] = [at('hono'), at('object')]
  const sides: [who: string, pid: number, asks: Asks][] = [
    ['Hono', workerd.pid, { [HELLO]: () => answered(hono('/health/live')) }],
    ['Durable Object', workerd.pid, { 'one row written': () => answered(object('/', { name: 'one' })) }],
    ['Postern', workerd.pid, await posternAsks({ postern: at('postern'), verifier: at('verifier') })],
    ['better-auth', workerd.pid, await betterAuth(at('betterAuth'))],
    ['OpenAuth', workerd.pid, await openAuth(at('openAuth'))],
    ['workers-oauth-provider', workerd.pid, await oauthProvider(at('oauthProvider'))],
    ['oidc-provider', node.pid, oidcProvider(clientAt(node.port), node.refreshToken)],
  ]
  const operations = sides.flatMap(([who, pid, asks]) =>
    Object.entries(asks).map(([what, ask]): PeerOperation => {
      const hello = pid === node.pid ? `oidc-provider: ${HELLO}` : `Hono: ${HELLO}`
      return { name: `${who}: ${what}`, who, what, pid, ask, hello }
    }),
  )
  const stop = async () => {
    await workerd.stop()
    await node.stop()
    await database.close()
  }
  return { operations, stop }
}

const COMPARABLE: [name: Name, what: string][] = [
  ['log-in, at the limit of sessions', 'log-in'],
  ['refresh', 'refresh'],
  ['me', 'me'],
  ['verify', 'verify'],
  ['verify, seen lately', 'verify, seen lately'],
]

async function posternAsks(doors: Doors): Promise<Asks> {
  const operations = await posternOperations(doors)
  return Object.fromEntries(
    COMPARABLE.map(([name, what]) => {
      const operation = operations[name]
      if (!operation) throw new Error(`Postern has no ${name}.`)
      return [what, operation.ask]
    }),
  )
}

/** Its sessions are not refreshed: a cookie is looked up in the database each time. */
async function betterAuth(ask: Client): Promise<Asks> {
  const person = { email: 'ann@example.com', password: 'correct horse battery' }
  await answered(ask('/api/auth/sign-up/email', { ...person, name: 'Ann' }))
  const signIn = () => ask('/api/auth/sign-in/email', person)
  const cookie = (await signIn()).headers['set-cookie']?.map((line) => line.split(';')[0]).join('; ') ?? ''
  const session = () => ask('/api/auth/get-session', undefined, undefined, { cookie })
  if ((await answered(session())) === null) throw new Error('better-auth does not know its own session.')
  return { 'log-in': () => answered(signIn()), me: () => answered(session()) }
}

async function openAuth(ask: Client): Promise<Asks> {
  const client = { client_id: 'bench', client_secret: 'bench', provider: 'open' }
  const refreshing = refreshesOf(ask, '/token', { grant_type: 'client_credentials', ...client }, client)
  await refreshing.refresh()
  return { refresh: refreshing.refresh, verify: () => answered(ask('/verify', { token: refreshing.access() })) }
}

async function oauthProvider(ask: Client): Promise<Asks> {
  const grant = await answered<Record<string, string>>(ask('/grant'))
  const { client_id = '', client_secret = '' } = grant
  const first = { grant_type: 'authorization_code', ...grant }
  const refreshing = refreshesOf(ask, '/oauth/token', first, { client_id, client_secret })
  await refreshing.refresh()
  return { refresh: refreshing.refresh, verify: () => answered(ask('/verify', { token: refreshing.access() })) }
}

function oidcProvider(ask: Client, refreshToken: string): Asks {
  const client = { client_id: 'bench' }
  const { refresh, access } = refreshesOf(
    ask,
    '/token',
    { grant_type: 'refresh_token', refresh_token: refreshToken, ...client },
    client,
  )
  const introspect = () => ask('/token/introspection', new URLSearchParams({ token: access(), ...client }))
  return {
    [HELLO]: () => answered(ask('/hello')),
    refresh,
    me: () => answered(ask('/me', undefined, access())),
    verify: () => answered(introspect()),
  }
}

/** Each refresh with the token of the one before it. */
function refreshesOf(ask: Client, path: string, first: Record<string, string>, client: Record<string, string>) {
  let next = first
  let access = ''
  const refresh = async () => {
    const tokens = await answered<Tokens>(ask(path, new URLSearchParams(next)))
    access = tokens.access_token
    next = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token, ...client }
  }
  return { refresh, access: () => access }
}

async function startNode() {
  const words = ['--no-warnings', join(ROOT, 'bench/peers/oidc-provider.ts')]
  const node = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'ignore'] })
  const { stop } = endWithUs(node)
  const [line] = (await once(createInterface({ input: node.stdout }), 'line')) as [string]
  const { port, refreshToken } = JSON.parse(line) as { port: number; refreshToken: string }
  return { pid: node.pid ?? 0, port, refreshToken, stop }
}
