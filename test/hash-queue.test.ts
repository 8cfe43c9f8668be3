import { afterEach, describe, expect, it, vi } from 'vitest'
import { CallerGone, hashQueue, QueueFull } from '../src/crypto/hash-queue.ts'
import { hashPassword } from '../src/crypto/password-hash.ts'

const limits = { maxWaiting: 16, maxWaitMs: 2_000, restMs: 0, now: Date.now }

/** Work that records when it runs, and ends when it is told to. */
function workshop() {
  const seen = { begun: [] as number[], running: 0, most: 0 }
  const job = (id: number, until?: Promise<unknown>) => async () => {
    seen.begun.push(id)
    seen.most = Math.max(seen.most, ++seen.running)
    await until
    seen.running--
    return id
  }
  return { seen, job }
}

const kindOf = (outcome: PromiseSettledResult<unknown>) =>
  outcome.status === 'fulfilled' ? 'done' : (outcome.reason as Error).name

const never = new Promise<never>(() => {})

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

describe('the line before the hash', () => {
  it('serves each address and account once before it serves any of them twice', async () => {
    const queue = hashQueue(limits)
    const { seen, job } = workshop()
    const crowd = { parties: ['account ann', 'network 192.0.2.1'] }
    const waiting = [1, 2, 3, 4].map((id) => queue(job(id), crowd))
    const others = [
      queue(job(5), { parties: ['account bob', 'network 192.0.2.2'] }),
      queue(job(6), { parties: ['account cid', 'network 192.0.2.1'] }),
      queue(job(7), { parties: ['account ann', 'network 192.0.2.3'] }),
      queue(job(8), { parties: ['account dee', 'network 192.0.2.4'] }),
    ]
    await Promise.all([...waiting, ...others])
    // 6 shares the crowd's network and 7 its account, so both come behind it; 5 and 8 share neither.
    expect(seen.begun).toEqual([1, 2, 5, 8, 3, 4, 6, 7])
  })

  it('when it is full, the last place of a crowd goes to somebody who has none', async () => {
    const queue = hashQueue({ ...limits, maxWaiting: 4 })
    const { seen, job } = workshop()
    const crowd = { parties: ['account ann'] }
    const outcomes = Promise.allSettled([
      ...[1, 2, 3, 4, 5].map((id) => queue(job(id), crowd)),
      queue(job(6), { parties: ['account bob'] }),
      queue(job(7), crowd),
    ])
    expect((await outcomes).map(kindOf)).toEqual(['done', 'done', 'done', 'done', 'QueueFull', 'done', 'QueueFull'])
    expect(seen.begun).toEqual([1, 2, 6, 3, 4])
  })

  it('is bounded in time: who waited too long leaves without being served', async () => {
    const queue = hashQueue({ ...limits, maxWaitMs: 150 })
    const { seen, job } = workshop()
    const gate = Promise.withResolvers<void>()
    const first = queue(job(1, gate.promise))
    const early = queue(job(2, gate.promise))
    await Promise.all([
      expect(queue(job(3))).rejects.toThrow(QueueFull),
      expect(queue(job(4))).rejects.toThrow(QueueFull),
    ])
    gate.resolve()
    expect(await Promise.all([first, early, queue(job(5))])).toEqual([1, 2, 5])
    expect(seen.begun).toEqual([1, 2, 5])
  })

  it('lets the rest of the service run between two hashes', async () => {
    const queue = hashQueue(limits)
    let ticks = 0
    const ticker = setInterval(() => ticks++, 1)
    const seen: number[] = []
    const hashes = Array.from({ length: 5 }, () =>
      queue(async () => {
        seen.push(ticks)
        await hashPassword('correct horse battery staple', { cost: 11 })
      }),
    )
    await Promise.all(hashes)
    clearInterval(ticker)
    expect(new Set(seen).size).toBe(5)
  })
})

it('a caller who goes away between getting the turn and beginning passes it on', async () => {
  const queue = hashQueue(limits)
  const { seen, job } = workshop()
  const caller = new AbortController()
  const first = queue(job(1), { signal: caller.signal })
  const second = queue(job(2))
  caller.abort()
  await expect(first).rejects.toThrow(CallerGone)
  expect(await second).toBe(2)
  expect(seen.begun).toEqual([2])
})

/** A request that is cancelled runs no more code: its timers never fire. Timers that nobody advances do not either. */
const asIfCancelled = (call: () => Promise<unknown>) => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval'] })
  void call()
  vi.useRealTimers()
}

describe('a request that is cancelled without a signal', () => {
  it('does not keep its place in the line', async () => {
    let time = 0
    const queue = hashQueue({ ...limits, maxWaiting: 2, maxWaitMs: 1_000, now: () => time })
    const { seen, job } = workshop()
    for (const id of [1, 2, 3]) asIfCancelled(() => queue(job(id)))
    time = 1_999
    await expect(queue(job(4))).rejects.toThrow(QueueFull)
    time = 2_000
    expect(await Promise.all([queue(job(5)), queue(job(6))])).toEqual([5, 6])
    expect(seen.begun).toEqual([5, 6])
  })

  it('does not keep the turn for ever in the middle of its work', async () => {
    const queue = hashQueue({ ...limits, maxWaitMs: 250 })
    const { seen, job } = workshop()
    void queue(job(1, never))
    expect(await queue(job(2))).toBe(2)
    expect(await queue(job(3))).toBe(3)
    expect(seen.begun).toEqual([1, 2, 3])
  })

  it('that comes back after all does not pass on what is no longer its turn', async () => {
    const queue = hashQueue({ ...limits, maxWaitMs: 250 })
    const { seen, job } = workshop()
    const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const lost = queue(job(1, first.promise))
    const next = queue(job(2, second.promise))
    await vi.waitFor(() => expect(seen.begun).toEqual([1, 2]))
    const last = queue(job(3))
    first.resolve()
    expect(await lost).toBe(1)
    await new Promise((resolve) => setTimeout(resolve, 0))
    await new Promise((resolve) => setTimeout(resolve, 0))
    expect(seen.begun).toEqual([1, 2])
    second.resolve()
    expect(await Promise.all([next, last])).toEqual([2, 3])
  })
})
