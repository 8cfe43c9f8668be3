import { beforeEach, describe, expect, it, vi } from 'vitest'
import { backoffMs } from '../src/features/events/backoff.ts'
import { needsAttention } from '../src/features/events/outbox-status.ts'
import { insertObjectEvents } from '../src/features/events/outbox-store.ts'
import type { Verdict } from '../src/features/events/types.ts'
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
import { insertUser, sql } from './support/rows.ts'
import { breakEndpoint, healEverything } from './support/switchboard.ts'

const DAY = 86_400_000

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: START }))

describe('a lease', () => {
  it('that ran out: the same event is delivered again, under the same id', async () => {
    const { promise: never } = Promise.withResolvers<never>()
    const dying = { name: KAFKA, deliver: () => never }
    const { record, round: begin } = outboxWith([dying])
    const [eventId] = await record(happened(1))
    void begin()
    await vi.waitUntil(async () => (await outboxRows())[0]?.leased_until !== null)

    const kafka = fakeSink(KAFKA)
    const { sweep } = outboxWith([kafka])
    later(49_000)
    await sweep()
    expect(kafka.got).toEqual([])
    later(1_000)
    await sweep()
    expect(kafka.got).toMatchObject([{ eventId, seq: 1, attempts: 2 }])
    expect(await states()).toEqual([`${KAFKA} delivered`])
  })

  it('a round that lost it settles nothing', async () => {
    const [first, second] = [Promise.withResolvers<Verdict>(), Promise.withResolvers<Verdict>()]
    const [slow, slower] = [fakeSink(KAFKA, () => first.promise), fakeSink(KAFKA, () => second.promise)]
    const { record, round } = outboxWith([slow])
    await record(happened(1))
    const late = round()
    await vi.waitUntil(() => slow.got.length === 1)
    later(50_000)
    const holding = outboxWith([slower]).round()
    await vi.waitUntil(() => slower.got.length === 1)
    first.resolve(FAILED)
    await late
    const [held] = await outboxRows()
    expect([held?.state, held?.last_error, held?.leased_until !== null]).toEqual(['waiting', null, true])
    second.resolve(DELIVERED)
    await holding
    expect(await outboxRows()).toMatchObject([{ state: 'delivered', last_error: null, attempts: 2 }])
  })

  it('an answer of Postgres that is lost after a delivery costs a repetition with the same id', async () => {
    const kafka = fakeSink(KAFKA, async () => {
      await breakEndpoint('sql', 'refuse')
      return DELIVERED
    })
    const { record, round } = outboxWith([kafka])
    await record(happened(1))
    await expect(round()).rejects.toThrow()
    await healEverything()
    later(50_000)
    const again = fakeSink(KAFKA)
    await outboxWith([again]).sweep()
    expect(again.ids()).toEqual(kafka.ids())
  })
})

describe('backoff', () => {
  it('doubles to ten minutes, with jitter; for session objects to twenty seconds', () => {
    const spans = (sink: string, attempts: number) => [0, 0.999].map((random) => backoffMs(sink, attempts, random))
    expect([1, 2, 5].map((attempts) => spans(KAFKA, attempts))).toEqual([
      [1_000, 2_998],
      [2_000, 5_996],
      [16_000, 47_968],
    ])
    expect(spans(KAFKA, 1_000)).toEqual([300_000, 899_400])
    expect([1, 3, 20, 1_000].map((attempts) => spans('sessions', attempts)[1])).toEqual([2_998, 11_992, 20_000, 20_000])
  })

  it('is waited for', async () => {
    const kafka = fakeSink(KAFKA, () => FAILED)
    const { record, sweep } = outboxWith([kafka])
    await record(happened(1))
    await sweep()
    await sweep()
    later(999)
    await sweep()
    expect(kafka.got).toHaveLength(1)
    later(2_000)
    await sweep()
    expect(kafka.got).toHaveLength(2)
  })
})

describe('giving up', () => {
  it('OUTBOX_MAX_TRIES: dead after so many, and what comes behind it is free', async () => {
    const kafka = fakeSink(KAFKA, ({ seq }) => (seq === 1 ? FAILED : DELIVERED))
    const { record, sweep } = outboxWith([kafka], { OUTBOX_MAX_TRIES: '3' })
    await record(happened(1))
    await record(happened(1))
    for (const _ of [1, 2, 3]) {
      expect(await states()).toEqual([`${KAFKA} waiting`, `${KAFKA} waiting`])
      await sweep()
      later(15 * 60_000)
    }
    expect(await states()).toEqual([`${KAFKA} dead`, `${KAFKA} delivered`])
    expect((await outboxRows())[0]).toMatchObject({ attempts: 3, last_error: 'answered 500' })
  })

  it('also where every try ended without a verdict', async () => {
    const mute = { name: KAFKA, deliver: async () => [] }
    const { record, sweep } = outboxWith([mute], { OUTBOX_MAX_TRIES: '2' })
    await record(happened(1))
    for (const _ of [1, 2, 3]) {
      await sweep()
      later(60_000)
    }
    expect(await outboxRows()).toMatchObject([{ state: 'dead', attempts: 2, last_error: 'no verdict' }])
  })

  it('never on a session object, whatever it says', async () => {
    const sessions = fakeSink('sessions', () => ({ ok: false, reason: 'unreachable', final: true }))
    const { record, sweep } = outboxWith([sessions], { OUTBOX_MAX_TRIES: '1' })
    await record(happened(1, { payloads: { sessions: { subject: 's' } } }))
    for (let minute = 0; minute < 30; minute += 1) {
      await sweep()
      later(60_000)
    }
    expect(sessions.got).toHaveLength(30)
    expect(await states()).toEqual(['sessions waiting'])
  })

  it('when it is too late: what had to be delivered before is not delivered after', async () => {
    const mail = fakeSink('mail:secret', () => FAILED)
    const { record, sweep } = outboxWith([fakeSink('mail'), mail])
    const deliverBefore = new Date(START + 600_000)
    await record(happened(1, { sinks: ['mail'], sealed: 'digits', deliverBefore }))
    await record(happened(1, { sinks: ['mail'], sealed: 'digits', deliverBefore: new Date(START + 601_000) }))
    await sweep()
    expect(mail.got).toMatchObject([{ sealed: 'digits', deliverBefore }])
    later(600_000)
    await sweep()
    expect(await outboxRows()).toMatchObject([
      { state: 'expired', sealed: null },
      { state: 'waiting', sealed: 'digits' },
    ])
    later(10_000)
    await sweep()
    expect(await outboxRows()).toMatchObject([{ state: 'expired' }, { state: 'expired', sealed: null }])
    expect(mail.got).toHaveLength(2)
  })
})

describe('what is kept', () => {
  it('16.2.5 a secret is erased with its delivery, and no other sink ever has it', async () => {
    const [mail, kafka] = [fakeSink('mail:secret'), fakeSink(KAFKA)]
    const { record, sweep } = outboxWith([fakeSink('mail'), mail, kafka])
    await record(happened(1, { sealed: 'digits', sinks: ['mail', KAFKA] }))
    expect((await outboxRows()).map(({ sink, sealed }) => [sink, sealed])).toEqual([
      ['mail:secret', 'digits'],
      [KAFKA, null],
    ])
    await sweep()
    expect(JSON.stringify(await outboxRows())).not.toContain('digits')
    expect(mail.got).toMatchObject([{ sealed: 'digits' }])
  })

  it('14.2.7 whom a mail went to is erased with its delivery or its end, and what others were told is not', async () => {
    const [mail, kafka] = [fakeSink('mail', ({ userId }) => (userId === 1 ? DELIVERED : FAILED)), fakeSink(KAFKA)]
    const { record, sweep } = outboxWith([mail, kafka])
    const payload = { to: 'ann@example.com' }
    const deliverBefore = new Date(START + 60_000)
    await record(happened(1, { payload, sinks: ['mail', KAFKA] }))
    await record(happened(2, { payload, sinks: ['mail'], deliverBefore }))
    // Behind what is stuck, and found by nobody but the tidying.
    await record(happened(3, { payload, sinks: ['mail'] }))
    await record(happened(3, { payload, sinks: ['mail'], deliverBefore }))
    await sweep()
    later(60_000)
    await sweep()
    expect((await outboxRows()).map(({ sink, state, payload: { to } }) => [sink, state, to])).toEqual([
      ['mail', 'delivered', undefined],
      [KAFKA, 'delivered', 'ann@example.com'],
      ['mail', 'expired', undefined],
      ['mail', 'waiting', 'ann@example.com'],
      ['mail', 'expired', undefined],
    ])
  })

  it('OUTBOX_RETENTION_DAYS: what waits for a sink that was switched off goes after so many days', async () => {
    const { record } = outboxWith([fakeSink(KAFKA), fakeSink('webhook:2')])
    await record(happened(1))
    await record(happened(2))
    const left = outboxWith([fakeSink(KAFKA, () => FAILED)], { OUTBOX_RETENTION_DAYS: '3' })
    later(3 * DAY)
    await left.sweep()
    expect((await states()).filter((state) => state === 'webhook:2 waiting')).toHaveLength(2)
    later(1)
    await left.sweep()
    expect(await states()).toEqual([`${KAFKA} waiting`, `${KAFKA} waiting`])
  })

  it('OUTBOX_RETENTION_DAYS: what was delivered or given up goes after so many days, and the warning with it', async () => {
    const sinks = [fakeSink(KAFKA), fakeSink(RABBIT, () => ({ ok: false, reason: 'unfit', final: true }))]
    const { record, sweep } = outboxWith(sinks, { OUTBOX_RETENTION_DAYS: '3' })
    await record(happened(1))
    await sweep()
    later(3 * DAY)
    await sweep()
    expect(await states()).toEqual([`${KAFKA} delivered`, `${RABBIT} dead`])
    expect(await needsAttention(await outboxWith([]).deps.db(), new Date())).toBe(true)
    later(1)
    await sweep()
    expect(await states()).toEqual([])
    expect(await needsAttention(await outboxWith([]).deps.db(), new Date())).toBe(false)
    const counters = await sql()`select user_id, seq from event_counters`
    expect(counters).toEqual([{ user_id: '1', seq: '1' }])
  })
})

describe('what is behind a failure', () => {
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
    vi.useRealTimers()
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

// The embedded engine has one session; these races are at their widest with TEST_DATABASE_URL.

const seqs = (rows: { seq: string | number }[]) => rows.map(({ seq }) => Number(seq))

it('two published events of one statement: each has its own place in the sequence, in their order', async () => {
  const kafka = fakeSink(KAFKA)
  const { record, sweep } = outboxWith([kafka])
  await record(happened(1))
  const eventIds = await record(happened(1), happened(1, { type: 'user_enabled' }))
  await sweep()
  await sweep()
  expect(kafka.got.slice(1).map(({ eventId, seq }) => [eventId, seq])).toEqual([
    [eventIds[0], 2],
    [eventIds[1], 3],
  ])
})

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
