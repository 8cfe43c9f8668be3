import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import type { LoginGuard } from '../src/compose/objects.ts'
import { stepForward, type Tables, versionOf } from '../src/db/object-tables.ts'
import type { Charge } from '../src/features/guard/messages.ts'
import guardDump from './golden/objects/guard.sql?raw'
import sessionsDump from './golden/objects/sessions.sql?raw'
import { complaintsSoFar } from './support/each.ts'
import { DEFAULT_LIMITS } from './support/guard-limits.ts'
import {
  at,
  evict,
  fill,
  GOLDEN_START,
  GUARD_TAKEN,
  inside,
  listen,
  run,
  SESSIONS_TAKEN,
  type Stub,
  written,
} from './support/objects.ts'
import { outboxRows } from './support/outbox.ts'
import { sql } from './support/rows.ts'
import { news, opening, rotation, secretOf } from './support/session-messages.ts'
import { GUARD_1, SESSIONS_1 } from './support/version-1.ts'

const SECOND = 1_000
const HOUR = 3_600_000
const CURL = { network: '198.51.100.0/24', address: '198.51.100.1', userAgent: 'curl/8.5.0' }
let sessions: ReturnType<typeof env.USER_SESSIONS.getByName>
let guard: ReturnType<typeof env.LOGIN_GUARD.getByName>
beforeEach(() => {
  sessions = env.USER_SESSIONS.getByName(crypto.randomUUID())
  guard = env.LOGIN_GUARD.getByName(crypto.randomUUID())
})

const live = async () => {
  const listed = await sessions.list({})
  return listed.ok ? listed.value.sessions.map(({ id }) => id) : []
}
const refresh = async (id: string, generation: number, change: Parameters<typeof rotation>[2] = {}) => {
  const answer = await sessions.rotate(rotation(id, generation, change))
  return answer.ok ? answer.value.generation : answer.error
}
const told = async (type: string) => {
  const peeked = await sessions.outboxPeek(100)
  return (peeked.ok ? peeked.value.events : []).filter((event) => event.type === type).length
}

const pair = (key: string): Charge => ({ name: 'pair', key: `pair:${key}`, budget: DEFAULT_LIMITS.pair })
const identifier: Charge = { name: 'identifier', key: 'identifier:ann', budget: DEFAULT_LIMITS.identifier }
const ask = (reservation: string, claims: Charge[], network?: string) => {
  const known = network ? { network: { key: `network:${network}`, budget: DEFAULT_LIMITS.networkDay } } : {}
  return guard.reserve({ reservation, claims, pendingSeconds: 30, ...known })
}
const columnsOf = async (stub: Stub, table: string) =>
  (await run(stub, `SELECT name FROM pragma_table_info('${table}')`)).map(({ name }) => name)
const versionIn = (stub: Stub) => run(stub, 'SELECT version FROM schema_version')

describe('a session object that the first version wrote', () => {
  beforeEach(async () => {
    at(SESSIONS_TAKEN)
    await fill(sessions, sessionsDump)
  })

  it('goes on: the grace, every generation, the ended ones, theft, the list and the cap', async () => {
    expect(await refresh('fresh', 1)).toBe(2)
    expect(await refresh('first', 4)).toBe(5)
    expect(await refresh('cookie', 1)).toBe('wrong_transport')
    expect(await refresh('cookie', 1, { transport: 'cookie' })).toBe(2)
    expect([await refresh('gone', 1), await refresh('taken', 3), await refresh('ahead', 1)]).toEqual([
      ...['ended', 'ended', 'ended'],
    ])
    expect(await refresh('first', 5, { secretHash: secretOf('fresh') })).toBe('unknown')
    expect(await live()).toEqual(['first', 'shadowed', 'cookie', 'fresh'])
    expect([await refresh('fresh', 2), await refresh('fresh', 1)]).toEqual([3, 'stolen'])
    const old = opening('old', { version: 2, authVersion: 0 }, { cap: 4 })
    expect(await sessions.open(old)).toEqual({ ok: false, error: 'stale' })
    for (const id of ['new', 'newer']) await sessions.open(opening(id, { version: 2 }, { cap: 4 }))
    expect(await live()).toEqual(['shadowed', 'cookie', 'new', 'newer'])
    await evict(sessions)
    expect(await live()).toEqual(['shadowed', 'cookie', 'new', 'newer'])
    expect(await refresh('shadowed', 2)).toBe(3)
    expect(await sessions.advance(news(3, 2))).toMatchObject({ ok: true, value: { version: 3 } })
    expect(await live()).toEqual([])
  })

  it('a shadow that was recorded already is not again, and the next one is', async () => {
    await listen(sessions)
    expect(await refresh('shadowed', 1)).toBe(2)
    expect(await told('refresh_shadowed')).toBe(1)
    expect([await refresh('shadowed', 2, CURL), await refresh('shadowed', 2)]).toEqual([3, 3])
    expect(await told('refresh_shadowed')).toBe(2)
    expect([await refresh('shadowed', 3, CURL), await refresh('shadowed', 3)]).toEqual([4, 4])
    expect(await told('refresh_shadowed')).toBe(2)
  })

  it('its outbox moves, in order and under the same ids', async () => {
    await sql()`insert into users (user_id, subject, email) overriding system value
      values (7, 'golden', 'golden@example.com')`
    const before = await run(sessions, 'SELECT id, type FROM outbox ORDER BY place')
    await listen(sessions)
    await live()
    expect(await runDurableObjectAlarm(sessions)).toBe(true)
    const rows = await outboxRows()
    expect(rows.map(({ type, seq }) => [type, Number(seq)])).toEqual(before.map(({ type }, place) => [type, place + 1]))
    expect(rows).toHaveLength(9)
    expect(await sessions.outboxPeek(10)).toMatchObject({ value: { waiting: 0 } })
  })

  it('steps once, at the first touch', async () => {
    expect([await versionIn(sessions), await columnsOf(sessions, 'sessions')]).toEqual([
      [{ version: 3 }],
      expect.arrayContaining(['shadowRecordedAt']),
    ])
    await live()
    await evict(sessions)
    await live()
    expect(await written(sessions), 'an object that has stepped writes nothing when it wakes').toBe(0)
    expect(await refresh('first', 4)).toBe(5)
    expect(await written(sessions), 'nor a row more with a refresh').toBe(1)
  })
})

describe('a guard that the first version wrote', () => {
  beforeEach(async () => {
    at(GUARD_TAKEN)
    await fill(guard, guardDump)
  })

  it('goes on: the block to its end, what is pending, what lapses, and the networks', async () => {
    expect(await ask('a', [pair('ann')])).toEqual({ granted: false, retryAfter: 297, pending: false })
    expect(await ask('pending-1', [pair('eve')])).toEqual({ granted: true, reservation: 'pending-1' })
    await guard.settle({ reservation: 'pending-1', outcome: 'wrong' })
    const bob = [await ask('b1', [pair('bob')]), await ask('b2', [pair('bob')]), await ask('b3', [pair('bob')])]
    expect([...bob, await ask('b4', [pair('bob')])].map(({ granted }) => granted)).toEqual([true, true, true, false])
    for (const [id, network] of [
      ['known', '203.0.113.0/24'],
      ['unknown', '192.0.2.99'],
    ] as const) {
      await ask(id, [identifier], network)
    }
    const spent = await run(
      guard,
      "SELECT claims, later_claims FROM attempts WHERE id IN ('known', 'unknown') ORDER BY id",
    )
    const names = (text: unknown) => (JSON.parse(String(text)) as Charge[]).map(({ name }) => name)
    expect(
      spent.map((row) => [names(row.claims), names(row.later_claims)]),
      'a remembered network spends a budget of its own, which the first version never sees',
    ).toEqual([
      [[], ['networkDay']],
      [['identifier'], []],
    ])
    await evict(guard)
    expect(await ask('a', [pair('ann')])).toMatchObject({ granted: false, retryAfter: 297 })
    at(GOLDEN_START + 335 * SECOND - 1)
    expect((await ask('a', [pair('ann')])).granted).toBe(false)
    at(GOLDEN_START + 335 * SECOND)
    expect((await ask('a', [pair('ann')])).granted).toBe(true)
    const claims = await run(guard, "SELECT status, claims, later_claims FROM attempts WHERE id = 'pending-2'")
    expect(claims, 'its budget, that of a known network, is no more, so it counts for nobody').toEqual([])
  })

  it('its outbox moves, and everything goes when nothing counts any more', async () => {
    await listen(guard)
    const [{ id } = { id: '' }] = await guard.outboxPeek(10)
    await ask('a', [pair('zoe')])
    expect(await runDurableObjectAlarm(guard)).toBe(true)
    expect(await outboxRows()).toMatchObject([{ type: 'login_blocked', payload: { key: 'pair:ann' } }])
    expect([id, await guard.outboxPeek(10)]).toEqual(['48b2b925-d4e3-48fb-a97a-a932650e9f93', []])
    at(GOLDEN_START + 31 * 24 * HOUR)
    await runDurableObjectAlarm(guard)
    expect(await run(guard, "SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_cf%' ESCAPE '\\'")).toEqual([])
  })

  it('a step that fails leaves it as it was, and the next touch tries again', async () => {
    const before = await columnsOf(guard, 'attempts')
    await run(
      guard,
      'CREATE TABLE schema_version (one INTEGER PRIMARY KEY, version INTEGER NOT NULL CHECK (version > 9))',
    )
    await evict(guard)
    for (let again = 0; again < 2; again++) {
      const failed = await runInDurableObject<LoginGuard, unknown>(guard, (instance) =>
        instance.reserve({ reservation: 'a', claims: [pair('ann')], pendingSeconds: 30 }).catch((error) => error),
      )
      expect(failed).toBeInstanceOf(Error)
      expect([await columnsOf(guard, 'attempts'), await versionIn(guard)]).toEqual([before, []])
    }
    expect(complaintsSoFar()).toHaveLength(2)
    await run(guard, 'DROP TABLE schema_version')
    expect(await ask('a', [pair('ann')])).toMatchObject({ granted: false, retryAfter: 297 })
    expect([await versionIn(guard), await columnsOf(guard, 'attempts')]).toEqual([
      [{ version: 3 }],
      [...before, 'later_claims'],
    ])
  })
})

describe('the steps', () => {
  const tables: Tables = {
    first: 'things',
    steps: ['ALTER TABLE things ADD COLUMN b'],
    fresh: 'CREATE TABLE things (a, b)',
  }
  const broken: Tables = {
    ...tables,
    steps: [...tables.steps, 'ALTER TABLE things ADD COLUMN c; not SQL'],
    fresh: `${tables.fresh}; not SQL`,
  }

  it('are taken all together or not at all', async () => {
    await inside(guard, (storage) => {
      const names = () => storage.sql.exec("SELECT name FROM sqlite_master WHERE name = 'things'").toArray().length
      expect(() => stepForward(storage, broken)).toThrow()
      expect([names(), versionOf(storage.sql, broken)]).toEqual([0, 0])
      stepForward(storage, tables)
      expect(versionOf(storage.sql, tables)).toBe(2)
      expect(() => stepForward(storage, broken)).toThrow()
      expect(storage.sql.exec('SELECT * FROM things').columnNames).toEqual(['a', 'b'])
      expect(versionOf(storage.sql, broken)).toBe(2)
    })
  })

  it('cost a new object one row, and only when it writes its first', async () => {
    at(GUARD_TAKEN)
    expect(await guard.ping()).toBe(true)
    expect(await guard.outboxPeek(1)).toEqual([])
    expect(
      await run(guard, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\'"),
    ).toEqual([])
    const before = await written(guard)
    await ask('a', [pair('ann')])
    expect((await written(guard)) - before, 'the attempt, the alarm and the version').toBe(3)
    await ask('b', [pair('ann')])
    expect((await written(guard)) - before).toBe(4)
    expect(await versionIn(guard)).toEqual([{ version: 3 }])
  })
})

describe('a step back: the statements of the first version on tables that have stepped', () => {
  it('of sessions: they read and write, and so does the newer program afterwards', async () => {
    at(SESSIONS_TAKEN)
    await listen(sessions)
    await sessions.open(opening('a'))
    await refresh('a', 1)
    await refresh('a', 1, CURL)
    await run(sessions, SESSIONS_1.tables)
    const [a = {}] = await run(sessions, SESSIONS_1.readSessions)
    expect(a).toMatchObject({ id: 'a', generation: 2, shadowedAt: 2, arrived: 0, endedAt: null, knocks: 0 })
    expect(await run(sessions, SESSIONS_1.readAccount)).toMatchObject([{ userId: 7, version: 1, status: 'active' }])
    await run(sessions, SESSIONS_1.addSession, ...Object.values({ ...a, id: 'b', secretHash: secretOf('b') }))
    await run(sessions, SESSIONS_1.addSession, ...Object.values({ ...a, id: 'c' }))
    await run(sessions, SESSIONS_1.removeSession, 'c')
    await run(sessions, SESSIONS_1.refresh, SESSIONS_TAKEN + 1, SESSIONS_TAKEN + HOUR, 3, SESSIONS_TAKEN + 1, 0, 'a')
    await run(sessions, SESSIONS_1.shadow, SESSIONS_TAKEN + 2, 3, 'a')
    await run(sessions, SESSIONS_1.saveAccount, 7, 5, 1, 'active', '{"username":"eve"}', 0, 0, SESSIONS_TAKEN)
    await run(sessions, SESSIONS_1.addToOutbox, 'E', SESSIONS_TAKEN, 'session_opened', '{"user_id":7}')
    expect(await run(sessions, SESSIONS_1.countOutbox)).toEqual([{ count: 3 }])
    expect((await run(sessions, SESSIONS_1.readOutbox, 9)).map(({ type }) => type)).toEqual([
      ...['session_opened', 'refresh_shadowed', 'session_opened'],
    ])
    expect(await run(sessions, SESSIONS_1.countInOutbox, '["E"]')).toEqual([{ count: 1 }])
    await run(sessions, SESSIONS_1.deleteFromOutbox, '["E"]')
    await evict(sessions)
    expect(await live()).toEqual(['a', 'b'])
    expect([await refresh('a', 3), await refresh('b', 2)]).toEqual([4, 3])
    expect(await sessions.look({ sessionId: 'a' })).toMatchObject({
      value: { version: 5, claims: { username: 'eve' } },
    })
    expect(await versionIn(sessions)).toEqual([{ version: 3 }])
  })

  it('of a guard: they read and write, and what they do not know is an attempt without claims', async () => {
    at(GUARD_TAKEN)
    const future = { name: 'budgetOfTheFuture', key: 'x', budget: { limit: 1, seconds: 60 } } as unknown as Charge
    await ask('known', [pair('ann')])
    await ask('both', [pair('ann'), future])
    await ask('unknown', [future])
    await guard.remember({ network: 'network:203.0.113.0/24', days: 30, most: 10 })
    expect(await run(guard, GUARD_1.hasTables)).toHaveLength(1)
    const rows = await run(guard, GUARD_1.readAttempts)
    const claims = rows.map(({ id, status, claims }) => [id, status, JSON.parse(String(claims))])
    expect(claims).toEqual([
      ['both', 'pending', [pair('ann')]],
      ['known', 'pending', [pair('ann')]],
      ['unknown', 'pending', []],
    ])
    expect(await run(guard, GUARD_1.readNetworks)).toMatchObject([{ network: 'network:203.0.113.0/24' }])
    const wrong = JSON.stringify([pair('ann')])
    for (const id of ['both', 'new'])
      await run(guard, GUARD_1.saveAttempt, id, 'wrong', GUARD_TAKEN, GUARD_TAKEN, wrong)
    // Nothing is the latest time at which none of its claims counts, so the first version forgets it at its next step.
    await run(guard, GUARD_1.removeAttempt, 'unknown')
    await run(guard, GUARD_1.saveNetwork, 'network:198.51.100.0/24', GUARD_TAKEN + HOUR)
    await run(guard, GUARD_1.removeNetwork, 'network:203.0.113.0/24')
    await run(guard, GUARD_1.addToOutbox, 'E', `{"event":"login_blocked","at":${GUARD_TAKEN}}`)
    await run(guard, GUARD_1.missed)
    expect(await run(guard, GUARD_1.countOutbox)).toEqual([{ rows: 1 }])
    expect(await run(guard, GUARD_1.readOutbox, 5)).toMatchObject([{ id: 'E', missed: 1 }])
    expect(await run(guard, GUARD_1.removeFromOutbox, '["E"]')).toMatchObject([{ missed: 1 }])
    await evict(guard)
    const left = []
    for (let n = 0; n < 3; n++) left.push((await ask(`n${n}`, [pair('ann')])).granted)
    expect(left, 'two wrong, one pending, two left').toEqual([true, true, false])
    const [both] = await run(guard, "SELECT later_claims FROM attempts WHERE id = 'both'")
    expect(JSON.parse(String(both?.later_claims))).toEqual([future])
  })
})

describe('an object that is newer than this program', () => {
  const newer = async (stub: Stub, table: string) => {
    await run(stub, 'UPDATE schema_version SET version = 99')
    await run(stub, `ALTER TABLE ${table} ADD COLUMN later TEXT NOT NULL DEFAULT 'later'`)
    await run(stub, "CREATE TABLE later (a TEXT); INSERT INTO later VALUES ('kept')")
    await evict(stub)
  }
  const isKept = async (stub: Stub) =>
    expect([await versionIn(stub), await run(stub, 'SELECT a FROM later')]).toEqual([
      [{ version: 99 }],
      [{ a: 'kept' }],
    ])

  it('of sessions: works, and keeps its version and what it has besides', async () => {
    at(SESSIONS_TAKEN)
    await fill(sessions, sessionsDump)
    await live()
    await newer(sessions, 'sessions')
    expect([await refresh('first', 4), await refresh('fresh', 1)]).toEqual([5, 2])
    expect(await sessions.open(opening('new', { version: 2 }))).toMatchObject({ ok: true })
    await evict(sessions)
    expect(await live()).toEqual(['first', 'shadowed', 'cookie', 'fresh', 'new'])
    await isKept(sessions)
  })

  it('of a guard: works, and keeps its version and what it has besides', async () => {
    at(GUARD_TAKEN)
    await fill(guard, guardDump)
    expect((await ask('a', [pair('ann')])).granted).toBe(false)
    await newer(guard, 'attempts')
    expect((await ask('a', [pair('ann')])).granted).toBe(false)
    expect((await ask('b', [pair('zoe')])).granted).toBe(true)
    await guard.settle({ reservation: 'b', outcome: 'wrong' })
    await evict(guard)
    expect(await run(guard, "SELECT status, later FROM attempts WHERE id = 'b'")).toEqual([
      { status: 'wrong', later: 'later' },
    ])
    await isKept(guard)
  })
})
