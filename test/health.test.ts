import { env } from 'cloudflare:workers'
import { expect, it, vi } from 'vitest'
import { ask, rememberingReadiness } from '../src/features/health/probes.ts'
import { call } from './support/api.ts'
import { complaintsSoFar } from './support/each.ts'
import { breakEndpoint, sqlRequestsOf } from './support/switchboard.ts'

/** The memory of five seconds belongs to the isolate, so each test here lives in another minute. */
const inAnotherMinute = (minute: number) =>
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2030-01-01T00:00:00Z') + minute * 60_000 })

it('ready asks everything once and remembers it for five seconds', async () => {
  inAnotherMinute(1)
  const crowd = () => Promise.all(Array.from({ length: 10 }, () => call('/health/ready')))
  expect(await sqlRequestsOf(crowd)).toBe(1)
  expect((await call('/health/ready')).status).toBe(200)
  vi.setSystemTime(Date.now() + 5_001)
  expect(await sqlRequestsOf(crowd)).toBe(1)
})

it('names Postgres when it is down', async () => {
  inAnotherMinute(2)
  await breakEndpoint('sql', 'refuse')
  const response = await call('/health/ready')
  expect(response.status).toBe(503)
  expect(response.headers.get('retry-after')).toBe('5')
  expect(await response.json()).toMatchObject({ code: 'not_ready', down: ['postgres'] })
  expect(complaintsSoFar()).toHaveLength(1)
})

it('names KV and the Durable Object when they are down', async () => {
  inAnotherMinute(3)
  vi.spyOn(env.PROFILES, 'get').mockRejectedValue(new Error('KV is down'))
  vi.spyOn(env.LOGIN_GUARD, 'getByName').mockImplementation(() => {
    throw new Error('no object')
  })
  const response = await call('/health/ready')
  expect(await response.json()).toMatchObject({ down: ['kv', 'durable_object'] })
  complaintsSoFar()
})

it('a probe that hangs counts as down', async () => {
  vi.useFakeTimers()
  const asked = ask({ postgres: () => new Promise(() => {}), kv: async () => [] })
  await vi.advanceTimersByTimeAsync(3_000)
  expect(await asked).toEqual({ ready: false, down: ['postgres'], warnings: [] })
})

it('a round outlives the request that began it', async () => {
  const kept: Promise<unknown>[] = []
  const readiness = rememberingReadiness()
  await readiness({ kv: async () => [] }, 0, (work) => void kept.push(work))
  expect(kept).toHaveLength(1)
})
