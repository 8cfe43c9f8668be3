import { describe, expect, it } from 'vitest'
import { insertObjectEvents } from '../src/features/events/outbox-store.ts'
import type { Verdict } from '../src/features/events/types.ts'
import {
  DELIVERED,
  FAILED,
  fakeSink,
  happened,
  KAFKA,
  outboxRows,
  outboxWith,
  RABBIT,
  times,
} from './support/outbox.ts'
import { insertUser, sql } from './support/rows.ts'

// The embedded engine has one session; these races are at their widest with TEST_DATABASE_URL.

const seqs = (rows: { seq: string | number }[]) => rows.map(({ seq }) => Number(seq))

describe('races', { timeout: 60_000 }, () => {
  it('events are recorded while eight sweep: each sink gets each user’s in order, one at a time', async () => {
    const arrived = new Map<string, number[]>()
    const inFlight = new Set<string>()
    const overlaps: string[] = []
    let calls = 0
    const [kafka, rabbit] = [KAFKA, RABBIT].map((name) =>
      fakeSink(name, async ({ userId, seq }): Promise<Verdict> => {
        const line = `${name} ${userId}`
        if (inFlight.has(line)) overlaps.push(line)
        inFlight.add(line)
        await sql()`select 'a delivery takes its time'`
        inFlight.delete(line)
        if (++calls % 7 === 0) return FAILED
        arrived.set(line, [...(arrived.get(line) ?? []), seq])
        return DELIVERED
      }),
    )
    if (!kafka || !rabbit) throw new Error('two sinks were made')
    const { record, sweep } = outboxWith([kafka, rabbit])
    const eager = times(8, async () => {
      for (let round = 0; round < 4; round += 1) await sweep()
    })
    await Promise.all(times(5, (user) => Promise.all(times(8, () => record(happened(user + 1))))))
    await Promise.all(eager)
    while ((await outboxRows()).some(({ state }) => state === 'waiting')) {
      await sql()`update outbox set next_at = created_at where state = 'waiting'`
      await Promise.all(times(8, sweep))
    }
    expect(overlaps).toEqual([])
    expect(arrived.size).toBe(10)
    for (const order of arrived.values()) expect(order).toEqual(times(8, (index) => index + 1))
  })

  it('one move, repeated twenty times at once beside other changes: once each, and no gap', async () => {
    await insertUser(7)
    const { deps, record } = outboxWith([fakeSink(KAFKA)])
    const events = times(5, (index) => ({
      id: `event-${index}`,
      at: Date.now(),
      type: 'session_opened',
      userId: 7,
      payload: {},
      sinks: [KAFKA],
      published: true,
    }))
    await record(happened(7))
    const db = await deps.db()
    await Promise.all([
      ...times(20, (index) => insertObjectEvents(db, 7, index % 2 === 0 ? events : events.slice(0, 3))),
      ...times(10, () => record(happened(7))),
    ])
    const rows = await outboxRows()
    expect(rows).toHaveLength(16)
    expect(seqs(rows)).toEqual(times(16, (index) => index + 1))
  })
})
