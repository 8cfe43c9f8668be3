import { runDurableObjectAlarm } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Reserve } from '../src/features/guard/messages.ts'
import { START } from './support/clock.ts'
import { complaintsSoFar } from './support/each.ts'
import { DEFAULT_LIMITS } from './support/guard-limits.ts'
import { inTurn } from './support/many.ts'
import { at, evict, listen, run, type Stub } from './support/objects.ts'

const SECOND = 1_000
const HOUR = 3_600_000
const pair = { name: 'pair', key: 'pair:ann', budget: DEFAULT_LIMITS.pair } as const
const future = { name: 'budgetOfTheFuture', key: 'anything', budget: { limit: 1, seconds: 60 } }

let guard: ReturnType<typeof env.LOGIN_GUARD.getByName>
beforeEach(() => {
  at(START)
  guard = env.LOGIN_GUARD.getByName('network:192.0.2.1')
})

type Row = { id: string; status?: string; reservedAt?: number; until?: number; claims?: unknown }
/** A row that another version of the program wrote; the object reads it when it wakes. */
async function written(stub: Stub, { id, status = 'pending', reservedAt = START, until = START, claims }: Row) {
  const text = typeof claims === 'string' ? claims : JSON.stringify(claims)
  const values = [id, status, reservedAt, until, text]
  await run(stub, 'INSERT INTO attempts (id, status, reserved_at, at, claims) VALUES (?, ?, ?, ?, ?)', ...values)
  await evict(stub)
}
const ids = async () => (await run(guard, 'SELECT id FROM attempts ORDER BY id')).map(({ id }) => id)
/** As a newer Worker sends it. */
const asked = (reservation: string, ...claims: object[]) =>
  guard.reserve({ reservation, claims: claims as Reserve['claims'], pendingSeconds: 30 })
const wrong = async (reservation: string, ...claims: object[]) => {
  const { granted } = await asked(reservation, ...claims)
  await guard.settle({ reservation, outcome: 'wrong' })
  return granted
}

describe('a row that this version does not know', () => {
  it('an attempt of an unknown budget is kept until it lapses, then forgotten, and jams nobody', async () => {
    await asked('ours', pair)
    await written(guard, { id: 'theirs', until: START + 30 * SECOND, claims: [future] })
    expect(await wrong('second', pair)).toBe(true)
    expect(await ids()).toContain('theirs')
    at(START + 31 * SECOND)
    expect(await wrong('third', pair)).toBe(true)
    expect(await ids()).not.toContain('theirs')
    expect(await guard.outboxPeek(10)).toEqual([])
  })

  it('an unknown budget beside known ones: it refuses nobody, the known ones count, and the row keeps both', async () => {
    await listen(guard)
    const answers = await inTurn(6, (n) => wrong(`r${n}`, pair, future))
    expect(answers).toEqual([true, true, true, true, true, false])
    const blocks = await guard.outboxPeek(10)
    expect(blocks.map(({ event }) => event)).toMatchObject([{ event: 'login_blocked', budget: 'pair' }])
    const [row] = await run(guard, "SELECT claims, later_claims FROM attempts WHERE id = 'r0'")
    expect([row?.claims, row?.later_claims].map((text) => JSON.parse(String(text)))).toEqual([[pair], [future]])
    await evict(guard)
    expect(await asked('again', pair)).toMatchObject({ granted: false, pending: false })
  })

  it('the right password clears what it clears, and leaves what is unknown', async () => {
    await wrong('both', pair, future)
    await asked('right', pair, future)
    await guard.settle({ reservation: 'right', outcome: 'right' })
    const rows = await run(guard, 'SELECT id, claims, later_claims FROM attempts')
    expect(rows).toEqual([{ id: 'both', claims: '[]', later_claims: JSON.stringify([future]) }])
  })

  it('an unknown status does not count, is not settled, moves no clock, and goes when it is over', async () => {
    await asked('ours', pair)
    await guard.settle({ reservation: 'ours', outcome: 'void' })
    const parked = ['p1', 'p2', 'p3', 'p4', 'p5']
    for (const id of parked) await written(guard, { id, status: 'parked', until: START + HOUR, claims: [pair] })
    await listen(guard)
    await guard.settle({ reservation: 'p1', outcome: 'right' })
    await guard.settle({ reservation: 'p2', outcome: 'wrong' })
    const answers = await inTurn(6, (n) => wrong(`r${n}`, pair))
    expect(answers).toEqual([true, true, true, true, true, false])
    expect(await ids()).toEqual(expect.arrayContaining(parked))
    const [block] = await guard.outboxPeek(10)
    expect(block?.event.at).toBe(START)
    at(START + HOUR + 2 * DEFAULT_LIMITS.pair.seconds * SECOND)
    await runDurableObjectAlarm(guard)
    expect(await run(guard, "SELECT name FROM sqlite_master WHERE name = 'attempts'")).toEqual([])
  })

  it.each([
    ['no JSON', 'broken'],
    ['no list', '{"name":"pair"}'],
    ['a list of something else', '[1,null,{"name":"pair"},{"name":"pair","key":"k","budget":{"limit":"many"}}]'],
  ])('claims that are %s: the row is forgotten, the log says so, and the others count on', async (_, claims) => {
    for (let n = 0; n < 5; n++) await wrong(`r${n}`, pair)
    await written(guard, { id: 'damaged', status: 'wrong', claims })
    expect(await asked('again', pair)).toMatchObject({ granted: false, pending: false })
    const [complaint = '', ...others] = complaintsSoFar()
    expect(JSON.parse(complaint)).toMatchObject({ code: 'guard_row_unreadable' })
    expect([others, complaint.includes('broken')]).toEqual([[], false])
    expect(await ids()).toEqual(['r0', 'r1', 'r2', 'r3', 'r4'])
    await evict(guard)
    expect(await asked('again', pair)).toMatchObject({ granted: false })
  })
})
