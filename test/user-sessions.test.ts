import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { UserSessions } from '../src/compose/objects.ts'
import { later, START } from './support/clock.ts'
import { complaintsSoFar } from './support/each.ts'
import { evict as evictObject, listen, written as rowsWritten } from './support/objects.ts'
import { DAY, MINUTE, opening, rotation, secretOf } from './support/session-messages.ts'

let object: DurableObjectStub<UserSessions>

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: START })
  object = env.USER_SESSIONS.getByName(crypto.randomUUID())
})

const evict = () => evictObject(object)
const inside = <Result>(look: (state: DurableObjectState, instance: UserSessions) => Result | Promise<Result>) =>
  runInDurableObject<UserSessions, Result>(object, (instance, state) => look(state, instance))
const dump = () =>
  inside(({ storage: { sql } }) => ({
    account: sql.exec('SELECT * FROM account').toArray(),
    sessions: sql.exec('SELECT * FROM sessions ORDER BY rowid').toArray(),
    outbox: sql.exec('SELECT at, type, payload FROM outbox ORDER BY place').toArray(),
  }))
const written = () => rowsWritten(object)
const armedFor = () => inside(({ storage }) => storage.getAlarm())

describe('one object', () => {
  it('writes nothing when it is only asked, but once when a new token is seen to have arrived', async () => {
    await object.open(opening('a'))
    const before = await written()
    await object.look({ sessionId: 'a' })
    await object.list({})
    await object.look({ sessionId: 'nobody' })
    await object.rotate(rotation('a', 1, { secretHash: secretOf('b') }))
    expect((await written()) - before).toBe(0)
    for (let asked = 0; asked < 5; asked++) await object.look({ sessionId: 'a', generation: 1 })
    expect((await written()) - before).toBe(1)
    await object.rotate(rotation('a', 1))
    const rotated = await written()
    await object.rotate(rotation('a', 1))
    expect(await written(), 'the same successor again').toBe(rotated)
  })

  it('keeps neither memory nor disk of a change that could not be written', async () => {
    await listen(object)
    await object.open(opening('a'))
    const breakOutbox = 'ALTER TABLE outbox RENAME TO elsewhere'
    const mendOutbox = 'ALTER TABLE elsewhere RENAME TO outbox'
    await inside(({ storage }) => void storage.sql.exec(breakOutbox))
    await expect(inside((_, instance) => instance.end({ sessionId: 'a', reason: 'logged_out' }))).rejects.toThrow(
      'outbox',
    )
    expect(complaintsSoFar()).toMatchObject([expect.stringContaining('"method":"end"')])
    await inside(({ storage }) => void storage.sql.exec(mendOutbox))
    expect(await object.look({ sessionId: 'a' })).toMatchObject({ ok: true })
    expect((await dump()).sessions).toMatchObject([{ id: 'a', endedAt: null }])
    await evict()
    expect(await object.look({ sessionId: 'a' })).toMatchObject({ ok: true })
  })
})

describe('the alarm', () => {
  it('is set for the first event, then for the first end, not moved by a refresh, and arms itself again', async () => {
    await listen(object)
    await object.open(opening('a'))
    expect(await armedFor()).toBe(START + 1_000)
    await runDurableObjectAlarm(object)
    expect(await armedFor()).toBe(START + 30 * DAY)
    later(DAY)
    await object.rotate(rotation('a', 1))
    expect(await armedFor()).toBe(START + 30 * DAY)
    later(29 * DAY)
    expect(await runDurableObjectAlarm(object)).toBe(true)
    expect(await armedFor()).toBe(START + 31 * DAY)
  })

  it('ends what has expired, forgets it later, and leaves only the versions', async () => {
    await object.open(opening('a', { version: 3, authVersion: 2 }))
    await object.end({ sessionId: 'a', reason: 'logged_out' })
    await object.open(opening('b', { version: 3, authVersion: 2 }))
    later(31 * DAY)
    await runDurableObjectAlarm(object)
    expect((await dump()).sessions).toMatchObject([{ id: 'b', endReason: 'idle' }])
    await evict()
    later(60 * DAY)
    await runDurableObjectAlarm(object)
    expect(await armedFor()).toBeNull()
    const left = await dump()
    expect([left.sessions, left.account]).toMatchObject([[], [{ version: 3, authVersion: 2 }]])
    expect(await object.open(opening('c'))).toEqual({ ok: false, error: 'stale' })
  })

  it('is armed again even when the cleaning throws, and the next one cleans', async () => {
    await listen(object)
    const complaints = vi.spyOn(console, 'error').mockImplementation(() => {})
    await object.open(opening('a'))
    later(31 * DAY)
    await inside(({ storage }) => void storage.sql.exec('ALTER TABLE sessions RENAME TO elsewhere'))
    await runDurableObjectAlarm(object)
    const told = complaints.mock.calls.map(([line]) => JSON.parse(String(line)).method)
    expect(told, 'the cleaning, and the removal of what was moved').toEqual(['alarm', 'outboxDelete'])
    const again = ((await armedFor()) ?? 0) - Date.now()
    expect(again).toBeGreaterThan(0)
    expect(again).toBeLessThanOrEqual(5 * MINUTE)
    await inside(({ storage }) => void storage.sql.exec('ALTER TABLE elsewhere RENAME TO sessions'))
    await runDurableObjectAlarm(object)
    expect((await dump()).sessions).toMatchObject([{ id: 'a', endReason: 'idle' }])
  })
})
