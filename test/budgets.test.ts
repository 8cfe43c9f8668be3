import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { guessWrong, hashesOf } from './support/guessing.ts'
import { pause } from './support/pausing.ts'
import {
  bearer,
  from,
  PASSWORD,
  people,
  register,
  registerAndLogIn,
  serviceWith,
  sessionsIn,
  type TokenAnswer,
  workerClient,
} from './support/people.ts'
import { sqlRequestsOf } from './support/switchboard.ts'
import { answerOf, type Settings, wrapped } from './support/wrapped-env.ts'

const LOG_IN = { username: 'ann@example.com', password: PASSWORD }
const guarded = (who: string) => ['LoginGuard.reserve network', 'SQL', `LoginGuard.reserve ${who}`]
const settled = (who: string) => ['LoginGuard.settle network', `LoginGuard.settle ${who}`]
const BESIDE = ['LoginGuard.reserve device', 'LoginGuard.reserve network', 'LoginGuard.reserve account']
const [GUARDED, SETTLED] = [guarded('account'), settled('account')]

const post = (path: string, body: object, token?: string): [string, RequestInit] => [
  path,
  {
    method: 'POST',
    headers: {
      'cf-connecting-ip': '203.0.113.7',
      'content-type': 'application/json',
      ...(token !== undefined && bearer(token)),
    },
    body: JSON.stringify(body),
  },
]
const signedIn = (method: string, path: string, token: string): [string, RequestInit] => [
  path,
  { method, headers: bearer(token) },
]

/** At most one of them in an isolate and minute, beside the guard: `wake.test.ts`. */
const unmarked = (calls: readonly string[]) => calls.filter((call) => call !== 'Wake.mark')

type Cost = { status: number; before: string[]; after: string[] }

/**
 * What one request calls. Whatever is said to come after the answer is held back until the answer is there, so a request
 * that waited for it would never be answered.
 */
async function costOf([path, init]: [string, RequestInit], afterwards: string[] = [], settings: Settings = {}) {
  const watch = wrapped(settings)
  const { cue, goOn } = pause()
  watch.watchSql()
  for (const label of afterwards) watch.on(label, cue)
  const cost: Cost = { status: 0, before: [], after: [] }
  const sql = await sqlRequestsOf(async () => {
    const { response, finished } = await answerOf(path, init, watch.env)
    const isHeld = (call: string) => afterwards.some((label) => call.startsWith(label))
    cost.status = response.status
    cost.before = unmarked(watch.calls).filter((call) => !isHeld(call))
    goOn()
    await finished()
    const unheld = [...cost.before]
    cost.after = unmarked(watch.calls).filter((call) => {
      const at = unheld.indexOf(call)
      if (at >= 0) unheld.splice(at, 1)
      return at < 0
    })
  })
  expect(watch.calls.length - unmarked(watch.calls).length, 'marks').toBeLessThanOrEqual(1)
  expect(
    watch.calls.filter((call) => call === 'SQL'),
    'as the network counts them',
  ).toHaveLength(sql)
  return cost
}

/** None of these calls waits for another: each is held in its turn, and all of them are there. */
async function standBeside(calls: string[], request: [string, RequestInit]) {
  for (const held of calls) {
    const watch = wrapped()
    const { reached, goOn } = watch.hold(held)
    watch.watchSql()
    const answer = answerOf(...request, watch.env)
    await reached
    await expect.poll(() => unmarked(watch.calls)).toEqual(calls)
    goOn()
    await (await answer).finished()
  }
}

const settling = ['LoginGuard.settle', 'LoginGuard.remember']

it('register: one SQL request, one guard; the profile is written after the answer', async () => {
  const cost = await costOf(post('/auth/register', { email: 'ann@example.com', password: PASSWORD }), [
    ...settling,
    'Profiles',
  ])
  expect(cost).toEqual({
    status: 201,
    before: ['LoginGuard.reserve network', 'SQL'],
    after: ['LoginGuard.settle network', 'Profiles.get', 'Profiles.put'],
  })
})

describe('log in', () => {
  beforeEach(() => register())

  it('one SQL request, and three objects one after another', async () => {
    const cost = await costOf(post('/auth/login', LOG_IN), settling)
    expect(cost).toEqual({ status: 200, before: [...GUARDED, 'UserSessions.open'], after: SETTLED })
  })

  it('with a known device: three guards beside each other, and then as ever', async () => {
    const { device_token } = await people.logIn()
    const request = post('/auth/login', { ...LOG_IN, device_token })
    await standBeside(BESIDE, request)
    const cost = await costOf(request, settling)
    expect(cost).toEqual({
      status: 200,
      before: [...BESIDE, 'SQL', 'UserSessions.open'],
      after: ['LoginGuard.settle device', 'LoginGuard.settle account'],
    })
  })

  it('refused for the address: one object, no SQL, no hash', async () => {
    await guessWrong(5, () => from('203.0.113.7'))
    const blocked = costOf(post('/auth/login', LOG_IN))
    expect(await hashesOf(() => blocked)).toBe(0)
    expect(await blocked).toEqual({ status: 429, before: ['LoginGuard.reserve network'], after: [] })
  })

  it('refused for the account: the address has its attempt back before the answer', async () => {
    const once = { MAX_ACCOUNT_ATTEMPTS: '1' }
    await serviceWith(once).guess('192.0.2.9')
    const before = [...GUARDED, 'LoginGuard.settle network']
    expect(await costOf(post('/auth/login', LOG_IN), [], once)).toEqual({ status: 429, before, after: [] })
  })

  it('with a wrong password and a known device: nothing is told to the account', async () => {
    const { device_token } = await people.logIn()
    const cost = await costOf(post('/auth/login', { ...LOG_IN, password: 'wrong', device_token }), settling)
    expect(cost).toEqual({ status: 401, before: [...BESIDE, 'SQL'], after: ['LoginGuard.settle device'] })
  })

  it('with a wrong password, and for somebody unknown: no session object', async () => {
    for (const [fields, who] of [
      [{ password: 'wrong horse battery' }, 'account'],
      [{ username: 'nobody@example.com' }, 'identifier'],
    ] as const) {
      const cost = await costOf(post('/auth/login', { ...LOG_IN, ...fields }), settling)
      expect(cost).toEqual({ status: 401, before: guarded(who), after: settled(who) })
    }
  })
})

describe('a user who is signed in', () => {
  let tokens: TokenAnswer
  beforeEach(async () => {
    tokens = await registerAndLogIn()
  })

  it.each<[string, () => Promise<[string, RequestInit]> | [string, RequestInit], string, number]>([
    ['refresh', () => post('/auth/refresh', { refresh_token: tokens.refresh_token }), 'rotate', 200],
    ['log out', () => post('/auth/logout', {}, tokens.access_token), 'end', 200],
    ['log out by the refresh token', () => post('/auth/logout', { refresh_token: tokens.refresh_token }), 'end', 200],
    ['log out everywhere', () => post('/auth/logout', { all: true }, tokens.access_token), 'endAll', 200],
    ['list the sessions', () => signedIn('GET', '/auth/sessions', tokens.access_token), 'list', 200],
    ['end all other sessions', () => signedIn('DELETE', '/auth/sessions', tokens.access_token), 'endAllBut', 204],
    [
      'end a session',
      async () => {
        const [session] = await sessionsIn(await people.list(tokens.access_token))
        return signedIn('DELETE', `/auth/sessions/${session?.id}`, tokens.access_token)
      },
      'end',
      204,
    ],
  ])('%s: one object, no SQL, no KV', async (_, request, method, status) => {
    expect(await costOf(await request())).toEqual({ status, before: [`UserSessions.${method}`], after: [] })
  })

  it('me: one object beside one KV read, and SQL only where nothing is cached', async () => {
    await standBeside(['UserSessions.look', 'Profiles.get'], signedIn('GET', '/auth/me', tokens.access_token))
    const me = () => costOf(signedIn('GET', '/auth/me', tokens.access_token), ['Profiles.put'])
    const cached = { status: 200, before: ['UserSessions.look', 'Profiles.get'], after: [] }
    expect(await me()).toEqual(cached)
    await env.PROFILES.delete('user:1')
    expect(await me()).toEqual({
      status: 200,
      before: ['UserSessions.look', 'Profiles.get', 'SQL', 'Profiles.get'],
      after: ['Profiles.put'],
    })
    expect(await me()).toEqual(cached)
  })

  it('verify: one object when strict, and none when seen within maxStaleness', async () => {
    const watch = wrapped()
    watch.watchSql()
    const worker = workerClient(watch.env)
    const verify = (maxStaleness: number) => watch.callsOf(() => worker.verify(tokens.access_token, maxStaleness))
    expect(await verify(0)).toEqual(['UserSessions.look'])
    expect(await verify(0)).toEqual(['UserSessions.look'])
    expect(await verify(30)).toEqual([])
    expect(await verify(30)).toEqual([])
  })

  it('a forged refresh token or access token wakes nobody', async () => {
    const forged = `${tokens.refresh_token.slice(0, -4)}AAAA`
    const refreshing = await costOf(post('/auth/refresh', { refresh_token: forged }))
    expect(refreshing).toEqual({ status: 401, before: ['ForgedTokens.limit'], after: [] })
    const asking = await costOf(signedIn('GET', '/auth/me', `${tokens.access_token.slice(0, -4)}AAAA`))
    expect(asking).toEqual({ status: 401, before: [], after: [] })
  })
})
