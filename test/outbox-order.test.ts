import { describe, expect, it, vi } from 'vitest'
import { later, START } from './support/clock.ts'
import {
  DELIVERED,
  FAILED,
  fakeSink,
  happened,
  KAFKA,
  outboxRows,
  outboxWith,
  RABBIT,
  states,
  times,
} from './support/outbox.ts'

const startTheClock = () => vi.useFakeTimers({ toFake: ['Date'], now: START })

describe('the order of a user’s events in each sink', () => {
  it('is kept by six sweepers at once, though every third delivery fails', async () => {
    startTheClock()
    let calls = 0
    const flaky = fakeSink(KAFKA, async () => {
      calls += 1
      await Promise.resolve()
      return calls % 3 === 0 ? FAILED : DELIVERED
    })
    const arrived: string[] = []
    const kafka = {
      name: KAFKA,
      deliver: async (...given: Parameters<typeof flaky.deliver>) => {
        const [rows] = given
        const verdicts = await flaky.deliver(...given)
        for (const [at, row] of rows.entries()) if (verdicts[at]?.ok) arrived.push(`${row.userId}:${row.seq}`)
        return verdicts
      },
    }
    const { record, sweep } = outboxWith([kafka])
    for (const round of times(6, (index) => index)) {
      for (const userId of [1, 2, 3]) await record(happened(userId, { payload: { round } }))
    }
    for (let sweeps = 0; (await states()).includes(`${KAFKA} waiting`); sweeps += 1) {
      expect(sweeps).toBeLessThan(40)
      await Promise.all(times(6, sweep))
      later(10 * 60_000)
    }
    for (const userId of [1, 2, 3]) {
      const own = arrived.filter((each) => each.startsWith(`${userId}:`))
      expect(own).toEqual(times(6, (index) => `${userId}:${index + 1}`))
    }
  })

  it('does not wait across users, across sinks, or for what belongs to nobody', async () => {
    const kafka = fakeSink(KAFKA, ({ userId, seq }) => (userId === 1 || seq === 1 ? FAILED : DELIVERED))
    const rabbit = fakeSink(RABBIT)
    const { record, sweep } = outboxWith([kafka, rabbit])
    const blocked = { type: 'login_blocked', payload: { budget: 'pair', key: 'k', until: new Date().toISOString() } }
    for (const userId of [1, 1, 2, 0, 0]) await record(happened(userId, userId === 0 ? blocked : {}))
    await sweep()
    expect(kafka.got.map(({ userId, seq }) => [userId, seq])).toEqual([
      [1, 1],
      [2, 1],
      [0, 1],
      [0, 2],
    ])
    expect(rabbit.got).toHaveLength(5)
  })

  it('a sink that fails, throws, or never answers holds up no other', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'], now: START })
    const failing = fakeSink('webhook:1', () => FAILED)
    const throwing = { name: 'webhook:2', deliver: () => Promise.reject(new RangeError('a secret')) }
    const { promise: never } = Promise.withResolvers<never>()
    const hanging = { name: 'webhook:3', deliver: () => never }
    const kafka = fakeSink(KAFKA)
    const { record, round } = outboxWith([hanging, throwing, failing, kafka])
    vi.spyOn(console, 'warn').mockImplementation(() => {})
    await record(happened(1))
    const running = round()
    await vi.waitUntil(() => kafka.got.length === 1)
    await vi.waitUntil(async () => vi.getTimerCount() > 0)
    await vi.advanceTimersByTimeAsync(22_000)
    await running
    expect(await states()).toEqual([
      'webhook:3 waiting',
      'webhook:2 waiting',
      'webhook:1 waiting',
      `${KAFKA} delivered`,
    ])
    const errors = (await outboxRows()).map(({ last_error }) => last_error)
    expect(errors).toEqual([null, 'RangeError', 'answered 500', null])
  })
})
