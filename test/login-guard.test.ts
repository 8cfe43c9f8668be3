import { runDurableObjectAlarm } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { START } from './support/clock.ts'
import { complaintsSoFar } from './support/each.ts'
import { DEFAULT_LIMITS } from './support/guard-limits.ts'
import { at, evict, inside, run } from './support/objects.ts'

const MINUTE = 60_000
const pair = { name: 'pair', key: 'ann', budget: DEFAULT_LIMITS.pair } as const

let guard: ReturnType<typeof env.LOGIN_GUARD.getByName>
let attempts = 0
beforeEach(() => {
  at(START)
  guard = env.LOGIN_GUARD.getByName(crypto.randomUUID())
})

const attempt = async (outcome: 'right' | 'wrong') => {
  const reservation = `r${++attempts}`
  const { granted } = await guard.reserve({ reservation, claims: [pair], pendingSeconds: 30 })
  await guard.settle({ reservation, outcome })
  return granted
}
const kept = async () => ({
  tables: (await run(guard, "SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_cf%' ESCAPE '\\'")).length,
  alarm: await inside(guard, (storage) => storage.getAlarm()),
})
const NOTHING = { tables: 0, alarm: null }
const SOMETHING = { tables: expect.toSatisfy((count) => count > 0), alarm: expect.any(Number) }

describe('what a guard keeps', () => {
  it('is nothing where nothing is asked; the first attempt brings the first row and one alarm', async () => {
    expect(await guard.ping()).toBe(true)
    expect(await guard.outboxPeek(1)).toEqual([])
    await guard.settle({ reservation: 'unknown', outcome: 'wrong' })
    expect(await kept()).toEqual(NOTHING)
    await guard.reserve({ reservation: 'first', claims: [pair], pendingSeconds: 30 })
    expect(await kept()).toEqual(SOMETHING)
  })

  it('goes when nothing counts any more, and it counts again from nothing', async () => {
    await attempt('right')
    expect(await runDurableObjectAlarm(guard)).toBe(true)
    expect(await kept()).toEqual(NOTHING)
    expect(await attempt('wrong')).toBe(true)
    expect(await kept()).toEqual(SOMETHING)
  })

  it('stays while failures count; what nobody listens for is not written down', async () => {
    for (let n = 0; n < 5; n++) await attempt('wrong')
    expect(await guard.outboxPeek(10)).toEqual([])
    await runDurableObjectAlarm(guard)
    expect(await kept()).toEqual(SOMETHING)
    at(START + 31 * MINUTE)
    await runDurableObjectAlarm(guard)
    expect(await kept()).toEqual(NOTHING)
  })

  it('is looked at again whatever happens', async () => {
    await attempt('wrong')
    await run(guard, 'ALTER TABLE networks RENAME TO elsewhere')
    await evict(guard)
    expect(await runDurableObjectAlarm(guard)).toBe(true)
    expect(await kept()).toEqual(SOMETHING)
    expect(complaintsSoFar()).toHaveLength(1)
  })
})
