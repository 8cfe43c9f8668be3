import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { LoginGuard, UserSessions } from '../src/compose/objects.ts'
import { later, START } from './support/clock.ts'
import { evict as evictObject } from './support/objects.ts'
import { fakeSink, KAFKA, outboxRows, outboxWith } from './support/outbox.ts'
import { insertUser, sql } from './support/rows.ts'
import { MINUTE, opening, rotation } from './support/session-messages.ts'
import { breakEndpoint, healEverything } from './support/switchboard.ts'

let object: DurableObjectStub<UserSessions>
let refusals: string[]

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: START })
  refusals = []
  vi.spyOn(console, 'warn').mockImplementation((line) => void refusals.push(JSON.parse(String(line)).code))
  object = env.USER_SESSIONS.getByName(crypto.randomUUID())
  await insertUser(7)
  await listen()
})

/** In the settings of these tests nobody listens; this instance is told that somebody does. */
const LISTENING = { ...env, KAFKA_REST_URL: 'https://kafka.example.com' }
const heard = <Kind extends LoginGuard | UserSessions>(stub: DurableObjectStub<Kind>) =>
  runInDurableObject(stub, (instance) => void Object.defineProperty(instance, 'env', { value: LISTENING }))
const listen = () => heard(object)

async function evict() {
  await evictObject(object)
  await listen()
}

const armedFor = () => runInDurableObject(object, (_, { storage }) => storage.getAlarm())
const ring = () => runDurableObjectAlarm(object)
const waiting = async () => {
  const peeked = await object.outboxPeek(1)
  return peeked.ok ? peeked.value.waiting : Number.NaN
}
const stored = async () => (await outboxRows()).map(({ type, seq, user_id }) => [type, Number(user_id), Number(seq)])

describe('what a session object records', () => {
  it('reaches the outbox by alarm, once each, in order: opened, evicted, ended, stolen', async () => {
    await object.open(opening('a', {}, { cap: 1 }))
    await object.open(opening('b', {}, { cap: 1 }))
    await object.rotate(rotation('b', 1))
    later(MINUTE)
    await object.rotate(rotation('b', 2))
    await object.rotate(rotation('b', 1))
    await object.open(opening('c'))
    await object.end({ sessionId: 'c', reason: 'logged_out' })
    expect(await armedFor()).toBe(START + 1_000)
    await ring()
    expect(await stored()).toEqual([
      ['session_opened', 7, 1],
      ['session_evicted', 7, 2],
      ['session_opened', 7, 3],
      ['session_stolen', 7, 4],
      ['session_opened', 7, 5],
      ['session_ended', 7, 6],
    ])
    expect([await waiting(), await armedFor()]).toEqual([0, expect.toSatisfy((at) => at > START + 20 * 86_400_000)])
  })

  it('fits the catalogue, and says when it happened, not when it was moved', async () => {
    await object.open(opening('a'))
    later(MINUTE)
    await ring()
    const kafka = fakeSink(KAFKA)
    await outboxWith([kafka]).sweep()
    expect(kafka.got).toMatchObject([
      { type: 'session_opened', userId: 7, seq: 1, createdAt: new Date(START), payload: { session_id: 'a' } },
    ])
    expect(kafka.got[0]?.payload).not.toHaveProperty('user_id')
  })

  it('waits through failures of Postgres and evictions; none is lost, none comes twice', async () => {
    // An object is not evicted before the time-outs of its requests have run out, and here nothing hangs.
    vi.spyOn(AbortSignal, 'timeout').mockImplementation(() => new AbortController().signal)
    const faults = ['refuse', 'lose', 'error', 'lose', 'refuse'] as const
    for (const [round, fault] of faults.entries()) {
      await object.open(opening(`s${round}`, {}, { cap: 2 }))
      await breakEndpoint('sql', fault)
      later(MINUTE)
      expect(await ring()).toBe(true)
      const again = (await armedFor()) ?? 0
      expect(again - Date.now()).toBeGreaterThanOrEqual(15_000)
      expect(again - Date.now()).toBeLessThanOrEqual(45_000)
      await evict()
      await healEverything()
      if (round % 2 === 1) await ring()
    }
    await ring()
    const rows = await stored()
    expect(rows.map(([, , seq]) => seq)).toEqual(Array.from({ length: 8 }, (_, index) => index + 1))
    expect(rows.map(([type]) => type)).toEqual([
      ...['session_opened', 'session_opened', 'session_evicted', 'session_opened'],
      ...['session_evicted', 'session_opened', 'session_evicted', 'session_opened'],
    ])
    expect([await waiting(), new Set(refusals)]).toEqual([0, new Set(['events_not_moved'])])
  })

  it('shares the sequence of the user with what the database records', async () => {
    const { record } = outboxWith([fakeSink(KAFKA)])
    await record({ type: 'password_changed', userId: 7, payload: {} })
    await object.open(opening('a'))
    await ring()
    await record({ type: 'password_changed', userId: 7, payload: {} })
    expect((await stored()).map(([, , seq]) => seq)).toEqual([1, 2, 3])
  })

  it('is moved a thousand at a time, bounded, and what was dropped is counted', async () => {
    await breakEndpoint('sql', 'refuse')
    await runInDurableObject(object, async (instance) => {
      for (let index = 0; index < 510; index++) instance.open(opening(`s${index}`, {}, { cap: 1 }))
    })
    await evict()
    expect(await waiting()).toBe(1_000)
    await healEverything()
    await ring()
    await ring()
    const rows = await outboxRows()
    expect(rows.filter(({ type }) => type === 'events_dropped')).toMatchObject([{ payload: { count: 19 } }])
    expect(rows).toHaveLength(1_001)
    expect(rows.map(({ seq }) => Number(seq))).toEqual(rows.map((_, index) => index + 1))
    expect(await waiting()).toBe(0)
  })
})

describe('what a guard records', () => {
  const block = (guard: DurableObjectStub<LoginGuard>, from: number, to: number) =>
    runInDurableObject<LoginGuard, void>(guard, async (instance) => {
      for (let index = from; index < to; index++) {
        const claims = [{ name: 'pair' as const, key: `${index}`, budget: { limit: 1, seconds: 60 } }]
        await instance.reserve({ reservation: `r${index}`, claims, pendingSeconds: 30 })
        await instance.settle({ reservation: `r${index}`, outcome: 'wrong' })
      }
    })

  it('belongs to nobody; the object goes only when it has been moved', async () => {
    const guard = env.LOGIN_GUARD.getByName('network:192.0.2.1')
    await heard(guard)
    const armed = () =>
      runInDurableObject(guard, async (_, { storage }) => ((await storage.getAlarm()) ?? 0) - Date.now())
    await block(guard, 0, 1)
    expect(await armed()).toBe(1_000)
    await breakEndpoint('sql', 'refuse')
    later(10 * MINUTE)
    expect(await runDurableObjectAlarm(guard)).toBe(true)
    expect(await guard.outboxPeek(10)).toHaveLength(1)
    expect(await armed()).toBeGreaterThanOrEqual(15_000)
    expect(await armed()).toBeLessThanOrEqual(45_000)
    await healEverything()
    await runDurableObjectAlarm(guard)
    expect(await outboxRows()).toMatchObject([
      { type: 'login_blocked', user_id: '0', payload: { budget: 'pair', key: '0', until: '2027-01-15T08:01:00.000Z' } },
    ])
    const left = await runInDurableObject(guard, (_, { storage }) => storage.getAlarm())
    expect([left, await guard.outboxPeek(10)]).toEqual([null, []])
  })

  it('is bounded; what found it full is counted, also while others are on their way', async () => {
    const guard = env.LOGIN_GUARD.getByName('network:192.0.2.2')
    await heard(guard)
    await block(guard, 0, 121)
    const ids = (await guard.outboxPeek(100)).map(({ id }) => id)
    await block(guard, 121, 125)
    await guard.outboxDelete(ids.slice(50))
    await runDurableObjectAlarm(guard)
    const rows = await outboxRows()
    expect(rows.at(-1)).toMatchObject({ type: 'events_dropped', user_id: '0', payload: { count: 25 } })
    expect(rows).toHaveLength(51)
    const [counter] = await sql()`select seq from event_counters where user_id = 0`
    expect(counter).toEqual({ seq: '51' })
  })
})
