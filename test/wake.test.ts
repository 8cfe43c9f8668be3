import { createExecutionContext, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Wake } from '../src/compose/objects.ts'
import { OperatorRpc } from '../src/index.ts'
import { afterwork } from './support/after-work.ts'
import { later, START } from './support/clock.ts'
import { fireCron } from './support/cron.ts'
import { complaintsSoFar } from './support/each.ts'
import { MAILING, mailing, mailsTo } from './support/mailbox.ts'
import { outboxRows, states } from './support/outbox.ts'
import { hanging, pause, throwing } from './support/pausing.ts'
import { workerClient } from './support/people.ts'
import { sql } from './support/rows.ts'
import { hears, ring, sessionObjectOf } from './support/session-objects.ts'
import { breakEndpoint, healEndpoints, sqlRequestsOf } from './support/switchboard.ts'
import { type Wrapped, wrapped } from './support/wrapped-env.ts'

const SHARDS = [0, 1, 2, 3]
const MINUTE = 60_000
const ANN = 'ann@example.com'

const wake = (shard: number): DurableObjectStub<Wake> => env.WAKE.getByName(`wake ${shard}`)
const alarmOf = (shard: number) => runInDurableObject(wake(shard), (_, { storage }) => storage.getAlarm())
const alarms = () => Promise.all(SHARDS.map(alarmOf))
const armed = async () => (await alarms()).filter((at) => at !== null)

/** Alarms ring as the platform rings them, by the bent clock. What they sweep, they sweep with these bindings. */
async function live(minutes: number, bindings: Env = env) {
  for (let seconds = 0; seconds < minutes * 60; seconds += 10) {
    later(10_000)
    for (const shard of SHARDS) {
      const at = await alarmOf(shard)
      if (at === null || at > Date.now()) continue
      await runInDurableObject(
        wake(shard),
        (instance) => void Object.defineProperty(instance, 'env', { value: bindings, configurable: true }),
      )
      await runDurableObjectAlarm(wake(shard))
    }
  }
}

let watch: Wrapped
const marks = () => watch.calls.filter((call) => call === 'Wake.mark').length

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: START })
  watch = wrapped()
  watch.watchSql()
})

describe('an idle deployment', () => {
  it('asks Postgres nothing for an hour, and no alarm is set', async () => {
    await workerClient(mailing()).register()
    await afterwork()
    expect(await armed()).not.toEqual([])
    await live(5)
    expect(await armed()).toEqual([])
    expect(await sqlRequestsOf(() => live(60))).toBe(0)
  })

  it('also where nothing ever happened', async () => {
    expect(await sqlRequestsOf(() => live(60))).toBe(0)
  })

  it('and after a user’s session object told what happened', async () => {
    const listening = mailing({ KAFKA_REST_URL: 'https://kafka.example.com' })
    const userId = (await (await workerClient(mailing()).register()).json<{ user_id: number }>()).user_id
    await live(5)
    const object = await sessionObjectOf(userId)
    await hears(object, listening)
    await workerClient(mailing()).logIn()
    await afterwork()
    await live(5)
    await ring(object, listening)
    expect(await armed(), 'what was moved is marked').not.toEqual([])
    await sql()`update outbox set state = 'delivered', settled_at = created_at`
    await live(5)
    expect(await sqlRequestsOf(() => live(60))).toBe(0)
  })
})

describe('whatever waits', () => {
  it('of an isolate that died right after the commit, leaves within two minutes', async () => {
    const bindings = mailing()
    // Whatever the isolate would ask Postgres after its statement, it asks no more.
    let requests = 0
    watch.on('SQL', (go) => (requests++ === 0 ? go() : throwing(go)))
    await workerClient(bindings).register()
    await afterwork()
    watch.off('SQL')
    expect(complaintsSoFar()).toEqual([expect.stringContaining('background_failure')])
    expect(await states()).toContain('mail waiting')
    expect(await mailsTo(ANN)).toEqual([])
    await live(2, bindings)
    expect(await mailsTo(ANN)).toHaveLength(1)
  })

  it('of an isolate that died with its lease, and at the end of its mark, leaves within two minutes', async () => {
    const bindings = mailing()
    const person = workerClient(bindings)
    await person.register('first@example.com')
    await live(0.9, bindings)
    let requests = 0
    watch.on('SQL', (go) => (requests++ < 2 ? go() : throwing(go)))
    await breakEndpoint('emails', 'refuse')
    await person.register(ANN)
    await afterwork()
    watch.off('SQL')
    expect(complaintsSoFar()).toEqual([expect.stringContaining('background_failure')])
    await healEndpoints()
    await live(2, bindings)
    expect(await mailsTo(ANN)).toHaveLength(1)
  })

  it('keeps an alarm set until it has left, however long its sink is down', async () => {
    const bindings = mailing()
    await breakEndpoint('emails', 'error')
    await workerClient(bindings).register()
    await live(60, bindings)
    expect(await armed()).not.toEqual([])
    await healEndpoints()
    await live(20, bindings)
    expect(await mailsTo(ANN)).toHaveLength(1)
    await live(5, bindings)
    expect(await armed()).toEqual([])
  })

  it('and a Postgres that is down, too', async () => {
    const bindings = mailing()
    vi.spyOn(console, 'error').mockImplementation(() => undefined)
    await breakEndpoint('emails', 'error')
    await workerClient(bindings).register()
    await afterwork()
    await breakEndpoint('sql', 'refuse')
    await live(10, bindings)
    await healEndpoints()
    await live(12, bindings)
    expect(await mailsTo(ANN)).toHaveLength(1)
  })

  it('of a sink that was switched off keeps nobody awake', async () => {
    await breakEndpoint('emails', 'error')
    await workerClient(mailing()).register()
    await live(5)
    expect([await armed(), await states()]).toEqual([[], expect.arrayContaining(['mail waiting'])])
  })

  it('unmarked, is found by the cron of the day, and marked', async () => {
    await breakEndpoint('emails', 'error')
    const bindings = mailing()
    await workerClient(bindings).register()
    await live(5)
    expect(await armed()).toEqual([])
    await fireCron(mailing())
    expect(await armed()).not.toEqual([])
    await healEndpoints()
    await live(10, bindings)
    expect(await mailsTo(ANN)).toHaveLength(1)
  })

  it('dead letters that are replayed are marked', async () => {
    await workerClient(mailing()).register()
    await live(5)
    await sql()`update outbox set state = 'dead'`
    expect(await armed()).toEqual([])
    await new OperatorRpc(createExecutionContext(), mailing()).replayDeadLetter({})
    await afterwork()
    expect(await armed()).not.toEqual([])
  })
})

describe('an alarm', () => {
  it('does not clear itself where a mark came while it swept', async () => {
    await wake(0).mark()
    later(3 * MINUTE)
    const instance = await runInDurableObject(wake(0), (one) => one)
    let asked = 0
    watch.on('SQL', async (go) => {
      if (asked++ === 0) await instance.mark()
      return go()
    })
    await runDurableObjectAlarm(wake(0))
    expect(await armed()).toHaveLength(1)
  })

  it('does not clear itself where a mark ran out while it swept: who relied on it may have recorded after the last look', async () => {
    await wake(0).mark()
    later(2 * MINUTE - 1_000)
    watch.on('SQL', async (go) => {
      const answer = await go()
      later(2_000)
      return answer
    })
    await runDurableObjectAlarm(wake(0))
    expect(await armed()).toHaveLength(1)
  })

  it('is written once for many marks of the same seconds', async () => {
    await wake(0).mark()
    const written = () =>
      runInDurableObject(wake(0), (_, { storage }) => storage.sql.exec('SELECT total_changes() AS n').one().n)
    const before = await written()
    for (let isolate = 0; isolate < 20; isolate += 1) await wake(0).mark()
    expect(await written()).toBe(before)
  })
})

describe('a mark', () => {
  const person = () => workerClient(watch.env)

  it('is there before rows are recorded, and neither it nor the guard waits for the other', async () => {
    for (const held of ['Wake.mark', 'LoginGuard.reserve']) {
      watch = wrapped()
      watch.watchSql()
      const { cue, reached, goOn } = pause()
      watch.on(held, cue)
      const answer = person().register(`${held === 'Wake.mark' ? 'ann' : 'bob'}@example.com`)
      await reached
      await expect.poll(() => watch.calls.toSorted()).toEqual(['LoginGuard.reserve network', 'Wake.mark'])
      goOn()
      expect((await answer).status).toBe(201)
      await afterwork()
    }
  })

  it('is asked for once by an isolate, and again when a minute is over', async () => {
    for (const email of ['a@example.com', 'b@example.com', 'c@example.com']) await person().register(email)
    expect(marks()).toBe(1)
    later(MINUTE)
    await person().register('d@example.com')
    expect(marks()).toBe(2)
  })

  it('whoever records without a guard asks for it, too', async () => {
    await person().register()
    await afterwork()
    watch = wrapped()
    watch.watchSql()
    const calls = await watch.callsOf(() => workerClient(watch.env).setRoles(1, ['editor']))
    expect(calls.slice(0, 2)).toEqual(['Wake.mark', 'SQL'])
  })

  it.each([
    ['that cannot be reached', throwing],
    ['that hangs', () => hanging(async () => undefined)],
  ])('by an object %s is asked of another one; by none at all, and rows are recorded all the same', async (_, cue) => {
    const warned: string[] = []
    vi.spyOn(console, 'warn').mockImplementation((line) => void warned.push(JSON.parse(String(line)).code))
    watch = wrapped(MAILING)
    let asked = 0
    watch.on('Wake.mark', (go) => (asked++ === 0 ? cue(go) : go()))
    expect((await person().register('ann@example.com')).status).toBe(201)
    expect([marks(), await armed()]).toEqual([2, [expect.any(Number)]])
    later(MINUTE)
    watch.on('Wake.mark', cue)
    expect((await person().register('bob@example.com')).status).toBe(201)
    await afterwork()
    expect([marks(), warned.filter((code) => code === 'wake_unreachable').length]).toEqual([4, 3])
    expect(new Set((await outboxRows()).map(({ state }) => state))).toEqual(new Set(['delivered']))
  })
})
