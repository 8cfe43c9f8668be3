import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it, vi } from 'vitest'
import { reserveAddress } from '../src/features/guard/attempt.ts'
import { evict, guards, guess, isGranted, knownDevice, network } from './support/guards.ts'
import { listen } from './support/objects.ts'

const HERE = '192.0.2.1'
const many = <T>(count: number, one: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, index) => one(index)))
const stub = (name: string) => env.LOGIN_GUARD.getByName(name)
const tablesOf = (name: string) =>
  runInDurableObject(stub(name), async (_guard, { storage }) => ({
    tables: storage.sql.exec("SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_cf%' ESCAPE '\\'").toArray(),
    alarm: await storage.getAlarm(),
  }))

describe('6.3.1 a burst', { timeout: 30_000 }, () => {
  it('200 parallel wrong guesses from one address: five are evaluated, and evicting the object helps nobody', async () => {
    const g = guards()
    const ways = await many(200, () => g.attempt(HERE))
    expect(ways.filter((way) => way.granted)).toHaveLength(5)
    expect(ways.filter((way) => !way.granted && way.pending && way.retryAfter === 1)).toHaveLength(195)
    for (const way of ways) if (isGranted(way)) way.settle('wrong')
    await evict(`network:${HERE}`)
    await evict('identifier:ann')
    await g.settled()
    await evict(`network:${HERE}`)
    const again = await many(200, () => g.attempt(HERE))
    expect(again.filter((way) => way.granted)).toHaveLength(0)
    expect(again.every((way) => !way.granted && !way.pending && way.retryAfter > 200)).toBe(true)
  })

  it('evicted in the middle of the burst, it still counts to five', async () => {
    const g = guards()
    let granted = 0
    for (let round = 0; round < 10; round++) {
      granted += (await many(20, () => g.attempt(HERE))).filter((way) => way.granted).length
      await evict(`network:${HERE}`)
    }
    expect(granted).toBe(5)
  })
})

describe('6.3.1 no lock-out of strangers', { timeout: 30_000 }, () => {
  it('101 addresses, wrong password: throttled; a known device and a known network still get in', async () => {
    const g = guards()
    expect(await guess(g, '198.51.100.7', 'right')).toBe(true)
    for (let i = 0; i < 101; i++) await guess(g, `192.0.2.${i + 1}`, 'wrong')
    const stranger = await g.attempt('203.0.113.9')
    expect(stranger).toMatchObject({ granted: false, pending: false })
    expect(await guess(g, '203.0.113.9', 'right', { device: knownDevice })).toBe(true)
    expect(await guess(g, '198.51.100.7', 'right')).toBe(true)
    // The device got in from there, so the network is known from now on.
    expect(await guess(g, '203.0.113.9', 'right')).toBe(true)
  })

  it('a thousand wrong guesses from a hundred addresses: fifty are evaluated, and the owner still gets in', async () => {
    const g = guards()
    await guess(g, '198.51.100.7', 'right')
    const ways = await many(1_000, (index) => g.attempt(`192.0.2.${(index % 100) + 1}`))
    expect(ways.filter((way) => way.granted)).toHaveLength(50)
    for (const way of ways) if (isGranted(way)) way.settle('wrong')
    await g.settled()
    expect(await guess(g, '203.0.113.9', 'right', { device: knownDevice })).toBe(true)
    expect(await guess(g, '198.51.100.7', 'right')).toBe(true)
  })

  it('a known device has five tries of its own, whatever others spent at its address', async () => {
    const g = guards()
    for (let i = 0; i < 6; i++) await guess(g, HERE, 'wrong')
    const own = []
    for (let i = 0; i < 6; i++) own.push(await guess(g, HERE, 'wrong', { device: knownDevice }))
    expect(own).toEqual([true, true, true, true, true, false])
  })
})

describe('6.3.1 by network', { timeout: 30_000 }, () => {
  it('IPv6 by /64: other addresses of it share the pair, another /64 does not', async () => {
    const g = guards()
    for (let i = 0; i < 5; i++) await guess(g, `2001:db8:1:2::${i + 1}`, 'wrong')
    expect(await guess(g, '2001:DB8:1:2:ffff::9', 'right')).toBe(false)
    expect(await guess(g, '2001:db8:1:3::1', 'right')).toBe(true)
  })

  it('one address over all identifiers: a hundred; a /56 two hundred, however many /64 it holds', async () => {
    const { deps } = guards()
    const passed = async (count: number, from: (index: number) => string) =>
      (await many(count, (index) => reserveAddress(deps, network(from(index))))).filter((way) => way.granted).length
    expect(await passed(110, () => HERE)).toBe(100)
    expect(await passed(220, (index) => `2001:db8:1:${index.toString(16)}::1`)).toBe(200)
    expect(await passed(1, () => '2001:db8:1:100::1')).toBe(1)
  })
})

describe('clean-up', () => {
  it('a question that is never asked leaves nothing; the first attempt brings the first row and one alarm', async () => {
    expect(await stub('quiet').ping()).toBe(true)
    expect(await stub('quiet').outboxPeek(1)).toEqual([])
    await stub('quiet').settle({ reservation: 'unknown', outcome: 'wrong' })
    expect(await tablesOf('quiet')).toEqual({ tables: [], alarm: null })
    const g = guards()
    await g.attempt(HERE)
    const { tables, alarm } = await tablesOf(`network:${HERE}`)
    expect([tables.length > 0, alarm !== null]).toEqual([true, true])
  })

  it('deletes everything when nothing counts any more, and counts again from nothing', async () => {
    const g = guards()
    await guess(g, HERE, 'right')
    expect(await runDurableObjectAlarm(stub(`network:${HERE}`))).toBe(true)
    expect(await tablesOf(`network:${HERE}`)).toEqual({ tables: [], alarm: null })
    expect(await guess(g, HERE, 'wrong')).toBe(true)
    expect((await tablesOf(`network:${HERE}`)).alarm).not.toBeNull()
  })

  it('stays while something counts: failures, a known network', async () => {
    const g = guards()
    for (let i = 0; i < 5; i++) await guess(g, HERE, 'wrong')
    const guard = stub(`network:${HERE}`)
    expect(await guard.outboxPeek(10), 'what nobody listens for is not written down').toEqual([])
    await runDurableObjectAlarm(guard)
    expect((await tablesOf(`network:${HERE}`)).alarm).not.toBeNull()
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 2 * 15 * 60_000 + 60_000 })
    await runDurableObjectAlarm(guard)
    expect(await tablesOf(`network:${HERE}`)).toEqual({ tables: [], alarm: null })
  })

  it('the alarm sets itself again whatever happens', async () => {
    const complaint = vi.spyOn(console, 'error').mockImplementation(() => {})
    const g = guards()
    await guess(g, HERE, 'wrong')
    const guard = stub(`network:${HERE}`)
    await runInDurableObject(guard, (_guard, { storage }) => {
      storage.sql.exec('ALTER TABLE networks RENAME TO elsewhere')
    })
    await evict(`network:${HERE}`)
    expect(await runDurableObjectAlarm(guard)).toBe(true)
    expect((await tablesOf(`network:${HERE}`)).alarm).not.toBeNull()
    expect(complaint).toHaveBeenCalledTimes(1)
    complaint.mockClear()
  })

  it('a block is recorded once, in an outbox with an end', async () => {
    const g = guards()
    const guard = stub(`network:${HERE}`)
    await listen(guard)
    await many(30, async () => {
      const way = await g.attempt(HERE)
      if (isGranted(way)) way.settle('wrong')
    })
    await g.settled()
    expect(await guard.outboxPeek(10)).toMatchObject([{ event: { event: 'login_blocked', budget: 'pair' } }])
    const pairs = await many(120, async (index) => await guard.reserve(askedFor(index)))
    await many(pairs.length, (index) => guard.settle({ reservation: `r${index}`, outcome: 'wrong' }))
    const rows = await guard.outboxPeek(1_000)
    expect(rows).toHaveLength(100)
    expect(rows.at(-1)?.missed).toBe(21)
  })
})

const askedFor = (index: number) => ({
  reservation: `r${index}`,
  claims: [{ name: 'pair' as const, key: `${index}`, budget: { limit: 1, seconds: 60 } }],
  pendingSeconds: 30,
})
