import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { newSigningKey } from '../cli/keys/new-signing-key.ts'
import { call } from './support/api.ts'
import { codeOf, people, register, type TokenAnswer, workerClient } from './support/people.ts'
import { type Settings, wrapped } from './support/wrapped-env.ts'

/** One isolate, with the settings of the deployment that it has got. */
function isolate(settings: Settings) {
  const watch = wrapped(settings)
  return { ...workerClient(watch.env), callsOf: watch.callsOf, env: watch.env }
}

type Isolate = ReturnType<typeof isolate>

describe('SECRET_KEY rotated in three deployments, each of which reaches the isolates one by one', () => {
  const OLD = env.SECRET_KEY
  const NEW = 'dev_s8Kp3vXz7QmB1rTn6YwD4hJc9LfG2aEu5RiO0tVyM8k'
  const before = isolate({ SECRET_KEY: OLD })
  const announced = isolate({ SECRET_KEY: OLD, SECRET_KEYS_OLD: NEW })
  const swapped = isolate({ SECRET_KEY: NEW, SECRET_KEYS_OLD: OLD })
  const after = isolate({ SECRET_KEY: NEW })
  const ROLLOUTS: [string, Isolate, Isolate][] = [
    ['announced', before, announced],
    ['swapped', announced, swapped],
    ['removed', swapped, after],
  ]

  beforeEach(() => register())

  it('SECRET_KEYS_OLD: no refresh token is refused, it goes on through all three, from isolate to isolate', async () => {
    let { refresh_token, access_token } = await before.logIn()
    for (const [, old, young] of ROLLOUTS) {
      for (const one of [old, young, old, old, young, young]) {
        const response = await one.refresh(refresh_token)
        expect(response.status).toBe(200)
        ;({ refresh_token, access_token } = await response.json<TokenAnswer>())
        for (const other of [old, young]) expect((await other.me(access_token)).status).toBe(200)
      }
    }
  })

  it.each(ROLLOUTS)('while the new one is %s: a lost answer is answered again by either', async (_, old, young) => {
    for (const [one, other] of [
      [old, young],
      [young, old],
    ] as const) {
      const { refresh_token } = await one.logIn()
      const successors = []
      for (const each of [one, other, one]) {
        const response = await each.refresh(refresh_token)
        if (each === after && one !== after) continue
        expect(response.status).toBe(200)
        successors.push(await response.json<TokenAnswer>())
      }
      for (const successor of successors) {
        const [first] = successors
        expect((await one.me(successor.access_token)).status).toBe(200)
        expect(successor.refresh_token.length).toBe(first?.refresh_token.length)
      }
      const last = successors.at(-1)?.refresh_token ?? ''
      expect((await other.refresh(last)).status).toBe(200)
    }
  })

  it.each(ROLLOUTS)('while the new one is %s: a known device is known to both', async (_, old, young) => {
    for (const [one, other] of [
      [old, young],
      [young, old],
    ] as const) {
      const { device_token, refresh_token } = await one.logIn()
      const calls = await other.callsOf(() => other.logIn({ device_token }))
      expect(calls[0]).toBe('LoginGuard.reserve device')
      expect(calls, 'the ordinary way is not taken').not.toContain('LoginGuard.settle network')
      expect((await other.logOutBy(refresh_token)).status).toBe(200)
      expect(await codeOf(await one.refresh(refresh_token))).toBe('401 invalid_refresh_token')
    }
  })

  it('in one step instead of three there would be wrong 401s: so the tests above can fail', async () => {
    const { refresh_token } = await before.logIn()
    expect(await codeOf(await after.refresh(refresh_token))).toBe('401 invalid_refresh_token')
    expect((await before.refresh(refresh_token)).status).toBe(200)
  })
})

type Published = { keys: Record<string, unknown>[] }
const kidIn = (token: string): unknown => JSON.parse(atob(token.split('.')[0] ?? '')).kid
const headerOf = (token: string): unknown => JSON.parse(atob(token.split('.')[0] ?? '')).alg
const publishedBy = async ({ env }: Isolate) => (await call('/.well-known/jwks.json', undefined, env)).json<Published>()

describe('key-rotation over HTTP', () => {
  const HOUR = 60 * 60 * 1000

  it('SIGNING_KEY_2 is published before it signs, and a token of SIGNING_KEY_1 lives until it expires', async () => {
    await register()
    const start = Date.now()
    const SIGNING_KEY_2 = await newSigningKey('ES256', new Date(start + HOUR))
    const old = isolate({})
    const both = isolate({ SIGNING_KEY_2 })
    const [first, second] = [env.SIGNING_KEY_1, SIGNING_KEY_2].map((text) => JSON.parse(text).kid)
    const kids = async (one: Isolate) => (await publishedBy(one)).keys.map(({ kid }) => kid)

    const early = await both.logIn()
    expect(kidIn(early.access_token)).toBe(first)
    expect(await kids(both)).toEqual([second, first])
    expect((await old.me(early.access_token)).status).toBe(200)
    expect((await both.me((await old.logIn()).access_token)).status).toBe(200)

    vi.useFakeTimers({ toFake: ['Date'], now: start + HOUR - 60_000 })
    const late = await both.logIn()
    expect(kidIn(late.access_token)).toBe(first)
    vi.setSystemTime(start + HOUR + 1_000)
    const young = await both.logIn()
    expect(kidIn(young.access_token)).toBe(second)
    expect(await kids(both)).toEqual([second, first])
    for (const { access_token } of [late, young]) expect((await both.me(access_token)).status).toBe(200)
    expect((await both.me(early.access_token)).status).toBe(401)

    vi.setSystemTime(start + HOUR - 60_000 + 900_000 - 1_000)
    expect((await both.me(late.access_token)).status).toBe(200)
    vi.setSystemTime(start + HOUR - 60_000 + 900_000)
    expect(await codeOf(await both.me(late.access_token))).toBe('401 invalid_access_token')
    const retired = isolate({ SIGNING_KEY_1: '', SIGNING_KEY_2 })
    expect((await retired.me(young.access_token)).status).toBe(200)
    expect(await kids(retired)).toEqual([second])
    expect((await retired.refresh(late.refresh_token)).status).toBe(200)
  })

  it('a key that is taken away at once takes its access tokens along, and logs nobody out', async () => {
    await register()
    const { access_token, refresh_token } = await people.logIn()
    const rescued = isolate({ SIGNING_KEY_1: await newSigningKey('ES256', new Date(0)) })
    expect(await codeOf(await rescued.me(access_token))).toBe('401 invalid_access_token')
    const fresh = await (await rescued.refresh(refresh_token)).json<TokenAnswer>()
    expect((await rescued.me(fresh.access_token)).status).toBe(200)
  })
})

describe('ALGORITHM over HTTP', () => {
  it('from ES256 to EdDSA: both are accepted, the new one signs', async () => {
    await register()
    const { access_token } = await people.logIn()
    const moved = isolate({ ALGORITHM: 'EdDSA', SIGNING_KEY_2: await newSigningKey('EdDSA', new Date(0)) })
    expect((await moved.me(access_token)).status).toBe(200)
    expect(headerOf((await moved.logIn()).access_token)).toBe('EdDSA')
    expect((await publishedBy(moved)).keys.map(({ alg }) => alg)).toEqual(['EdDSA', 'ES256'])
  })

  it('HS256 signs with JWT_SECRET, publishes nothing, and another secret is another issuer', async () => {
    await register()
    const JWT_SECRET = 'kD8-2mXw_9fQzL4vB7nR1tYc6HsJ3pGa'
    const worker = isolate({ ALGORITHM: 'HS256', JWT_SECRET, SIGNING_KEY_1: '' })
    const { access_token } = await worker.logIn()
    expect(headerOf(access_token)).toBe('HS256')
    expect((await worker.me(access_token)).status).toBe(200)
    expect(await publishedBy(worker)).toEqual({ keys: [] })
    const other = isolate({ ALGORITHM: 'HS256', JWT_SECRET: `${JWT_SECRET}!`, SIGNING_KEY_1: '' })
    expect((await other.me(access_token)).status).toBe(401)
    expect((await isolate({}).me(access_token)).status).toBe(401)
  })
})
