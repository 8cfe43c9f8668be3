import { describe, it } from 'vitest'
import { startFake } from '../support/fake-brokers.ts'
import { rowsOf } from '../support/outbox-rows.ts'
import { SINKS } from '../support/sinks-by-hand.ts'

const LEASE_MS = 50_000

describe.concurrent.each(SINKS)('%s that hangs', (name, answer, at) => {
  it('is given up long before the lease on its rows runs out', { timeout: LEASE_MS }, async ({ expect }) => {
    const broker = await startFake(answer)
    broker.fail('hang')
    const began = performance.now()
    const verdicts = await at(broker.url).deliver(rowsOf(9))
    expect(performance.now() - began).toBeLessThan(LEASE_MS / 2)
    expect(verdicts).toHaveLength(9)
    expect(verdicts[0]).toEqual({ ok: false, reason: 'did not answer in time' })
    expect(verdicts.filter(({ ok }) => ok)).toEqual([])
    expect(broker.asked()).toBeLessThanOrEqual(name === 'a webhook' ? 4 : 2)
    await broker.close()
  })
})

describe.concurrent('a webhook that hangs', () => {
  it('has five seconds for each', { timeout: LEASE_MS }, async ({ expect }) => {
    const [, answer, at] = SINKS.find(([name]) => name === 'a webhook') ?? []
    const broker = await startFake(answer ?? (() => ({ status: 500 })))
    broker.fail('hang')
    const began = performance.now()
    expect(await at?.(broker.url).deliver(rowsOf(1))).toEqual([{ ok: false, reason: 'did not answer in time' }])
    expect(Math.round((performance.now() - began) / 1_000)).toBe(5)
    await broker.close()
  })
})
