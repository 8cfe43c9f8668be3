import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { COUNTED, type Counted, type Name } from '../bench/counted.ts'
import { depsFrom } from '../src/compose/deps.ts'
import { NOBODY } from '../src/kernel/client.ts'
import { from, PASSWORD, type TokenAnswer, workerClient } from './support/people.ts'
import { rowsWrittenBy } from './support/rows-written.ts'
import { wrapped } from './support/wrapped-env.ts'

const HOME = from('203.0.113.7')
const ELSEWHERE = from('198.51.100.9')
const ANN = 'ann@example.com'

/** What each operation of bench/counted.ts calls and writes, what follows its answer included. */
it('every operation costs what docs/cost.md reckons with', async () => {
  const watch = wrapped()
  watch.watchSql()
  const people = workerClient(watch.env)
  // One row more, once an isolate and minute.
  await depsFrom(watch.env, createExecutionContext(), { clientOf: () => NOBODY }).mark()
  const measured: Record<string, Counted> = {}
  const count = async (name: Name, work: () => Promise<unknown>) => {
    const calls: string[] = []
    const rows = await rowsWrittenBy(async () => calls.push(...(await watch.callsOf(work))))
    const of = (begin: string) => calls.filter((call) => call.startsWith(begin)).length
    const objectCalls = of('LoginGuard') + of('UserSessions')
    measured[name] = { objectCalls, rows, sql: of('SQL'), kvReads: of('Profiles.get'), kvWrites: of('Profiles.put') }
  }
  let tokens: TokenAnswer | undefined
  const logIn = async (fields: object = {}, headers = HOME) => {
    tokens = await people.logIn(fields, headers)
  }
  const access = () => tokens?.access_token ?? ''

  await count('register', () => people.register(ANN, {}, HOME))
  await count('log-in, the first', () => logIn())
  const device_token = tokens?.device_token
  await count('log-in', () => logIn())
  await count('log-in, new address', () => logIn({}, ELSEWHERE))
  await count('log-in, new device', () => logIn({ device_token }))
  await count('log-in, known device', () => logIn({ device_token }))
  await count('log-in, at the limit of sessions', () => logIn())
  await count('wrong password', () => people.tryToLogIn({ password: `not ${PASSWORD}` }, HOME))
  await count('refresh', async () => {
    tokens = await (await people.refresh(tokens?.refresh_token ?? '', HOME)).json<TokenAnswer>()
  })
  await count('me, first use of a token', () => people.me(access()))
  await count('me', () => people.me(access()))
  await count('verify', () => people.verify(access()))
  await count('verify, seen lately', () => people.verify(access(), 30))
  await env.PROFILES.delete('user:1')
  await count('me, nothing cached', () => workerClient({ ...watch.env }).me(access()))
  await count('log-out', () => people.logOut(access()))
  expect(measured).toEqual(COUNTED)
})
