import { beforeEach, describe, expect, it, vi } from 'vitest'
import { means } from '../src/features/events/means.ts'
import { discard, revive } from '../src/features/events/outbox-status.ts'
import { oneByOne } from '../src/features/events/sinks/outgoing.ts'
import type { OutboxRow, Sink, Verdict } from '../src/features/events/types.ts'
import { later, START } from './support/clock.ts'
import {
  DELIVERED,
  FAILED,
  fakeSink,
  happened,
  KAFKA,
  outboxRows,
  outboxWith,
  states,
  times,
} from './support/outbox.ts'
import { leaseAsBefore, settleAsBefore } from './support/outbox-version-1.ts'
import { hanging } from './support/pausing.ts'
import { sql } from './support/rows.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: START }))

describe('the connections of one invocation', () => {
  it('are six, however many sinks have work: SQL is one of them', async () => {
    let [open, most] = [0, 0]
    const counted = async <T>(work: () => Promise<T>) => {
      open += 1
      most = Math.max(most, open)
      await scheduler.wait(5)
      return work().finally(() => {
        open -= 1
      })
    }
    const send = globalThis.fetch
    vi.spyOn(globalThis, 'fetch').mockImplementation((input, init) => counted(() => send(input, init)))
    const wide = (name: string): Sink => ({
      name,
      wide: true,
      deliver: (rows, { connected }) =>
        oneByOne(rows, { eachMs: 5_000, width: 6, connected }, () => counted(async () => DELIVERED)),
    })
    const narrow = (name: string): Sink => ({
      name,
      deliver: (rows) => counted(async () => rows.map(() => DELIVERED)),
    })
    const { record, sweep } = outboxWith([
      ...times(4, (nth) => wide(`webhook:${nth + 1}`)),
      narrow(KAFKA),
      narrow('mail'),
    ])
    for (const userId of times(12, (index) => index + 1)) await record(happened(userId, { payloads: { mail: {} } }))
    most = 0
    await sweep()
    expect(new Set((await outboxRows()).map(({ state }) => state))).toEqual(new Set(['delivered']))
    expect(most).toBe(6)
  })

  it('one sink that hangs leaves two of them to the others', async () => {
    const { connected } = means({ spare: 2 })
    void times(6, (nth) => connected(() => hanging(async () => undefined), nth > 0))
    expect(await connected(async () => 'free')).toBe('free')
    expect(await connected(async () => 'free again')).toBe('free again')
  })
})

describe('a run of one user’s events', () => {
  const calls: string[][] = []
  /** Takes all in one call; what it says of each is up to the test. */
  const inOneCall = (answer: (row: OutboxRow) => Verdict = () => DELIVERED): Sink => ({
    name: KAFKA,
    most: 10,
    along: 'run',
    deliver: async (rows) => {
      calls.push(rows.map(({ userId, seq }) => `${userId}:${seq}`))
      return rows.map(answer)
    },
  })
  beforeEach(() => void calls.splice(0))

  it('goes in one call, in order, and takes no more than the sink does', async () => {
    const { record, round } = outboxWith([inOneCall()])
    await record(happened(1), ...times(29, () => happened(1)))
    await round()
    await record(happened(2))
    await round()
    expect(calls).toEqual([times(10, (index) => `1:${index + 1}`), [...times(5, (index) => `1:${index + 11}`), '2:1']])
  })

  it('ends with the one that failed: what the receiver took behind it comes again, and has used up no try', async () => {
    const { record, round, sweep } = outboxWith([inOneCall(({ seq }) => (seq === 2 ? FAILED : DELIVERED))])
    await record(happened(1), happened(1), happened(1), happened(1))
    await round()
    expect((await outboxRows()).map(({ state, attempts, last_error }) => [state, attempts, last_error])).toEqual([
      ['delivered', 1, null],
      ['waiting', 0, 'answered 500'],
      ['waiting', 0, 'came behind one that failed'],
      ['waiting', 0, 'came behind one that failed'],
    ])
    await sweep()
    expect(calls).toHaveLength(1)
    later(60_000)
    await outboxWith([inOneCall()]).sweep()
    expect(calls.at(-1)).toEqual(['1:2', '1:3', '1:4'])
  })

  it('stops before one that another delivery holds', async () => {
    const { record, round } = outboxWith([inOneCall()])
    await record(happened(1), happened(1), happened(1))
    await sql()`update outbox set leased_until = now() + interval '1 year' where seq = 2`
    await round()
    expect(calls).toEqual([['1:1']])
  })
})

describe('dead letters that are replayed', () => {
  it('become due a hundred a second, and whoever stands behind them is behind', async () => {
    const { record, deps } = outboxWith([fakeSink(KAFKA)])
    for (const userId of [1, 2]) await record(happened(userId), ...times(124, () => happened(userId)))
    await sql()`update outbox set state = 'dead', settled_at = created_at where seq < 125`
    expect(await revive(await deps.db(), {}, new Date())).toBe(248)
    const rows = await outboxRows()
    const seconds = (next: Date) => (new Date(next).getTime() - START) / 1_000
    const revived = rows.filter(({ seq }) => Number(seq) < 125).map(({ next_at }) => seconds(next_at))
    expect(revived.filter((one) => one === 0)).toHaveLength(100)
    expect(Math.max(...revived)).toBe(2)
    const [due] = (await sql()`select count(*)::int from outbox where not behind`) as [{ count: number }]
    expect(due.count).toBe(2)
    expect(await discard(await deps.db(), {})).toBe(0)
  })
})

describe('an older program', () => {
  it('goes on with the rows of this one, and this one with the rows that it has touched', async () => {
    const kafka = fakeSink(KAFKA)
    const { record, sweep } = outboxWith([kafka])
    for (const _ of [1, 2, 3, 4]) await record(happened(1))
    const now = new Date()
    for (const _ of [1, 2]) {
      const [leased, ...more] = await leaseAsBefore(KAFKA, now, new Date(START + 50_000))
      expect(more).toEqual([])
      await settleAsBefore(leased?.event_id, now)
    }
    await record(happened(1))
    await sweep()
    expect(kafka.got.map(({ seq }) => seq)).toEqual([3, 4, 5])
    expect(await states()).toEqual(times(5, () => `${KAFKA} delivered`))
  })
})
