import { env } from 'cloudflare:workers'
import { describe, expect, it, vi } from 'vitest'
import { CATALOGUE } from '../src/compose/features.ts'
import { kafkaMessage } from '../src/features/events/messages.ts'
import { lease } from '../src/features/events/outbox-leases.ts'
import { settle } from '../src/features/events/outbox-settling.ts'
import { insertObjectEvents } from '../src/features/events/outbox-store.ts'
import { afterwork } from './support/after-work.ts'
import { mailing } from './support/mailbox.ts'
import { many } from './support/many.ts'
import { run } from './support/objects.ts'
import { DELIVERED, fakeSink, happened, KAFKA, outboxRows, outboxWith, type Stored } from './support/outbox.ts'
import { rowOf } from './support/outbox-rows.ts'
import { pause } from './support/pausing.ts'
import { ANN, workerClient } from './support/people.ts'
import { sql } from './support/rows.ts'
import { hears, ring, sessionObjectOf, waitingIn } from './support/session-objects.ts'

/** Nobody answers there: rows for it wait. */
const LISTENING = mailing({ KAFKA_REST_URL: 'https://kafka.example.com' })
const people = workerClient(LISTENING)
const AGENT = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' }
const PLACE = { 'cf-connecting-ip': '203.0.113.7', ...AGENT }

const types = (rows: Stored[]) => rows.map(({ sink, type }) => `${type} for ${sink}`)
const personal = /ann@example|annie|Ann Example|203\.0\.113|Firefox/i

async function registered() {
  const answer = await people.register(ANN, { username: 'annie', full_name: 'Ann Example' }, PLACE)
  return (await answer.json<{ user_id: number }>()).user_id
}

describe('of a user who was deleted', () => {
  it('web-erasure no row is left but those of the event that says so, and they name nobody', async () => {
    await registered()
    const { access_token } = await people.logIn({}, PLACE)
    expect((await people.changeProfile(access_token, { full_name: 'Ann Example II' })).status).toBe(200)
    expect(JSON.stringify(await outboxRows())).toMatch(personal)
    expect((await people.deleteAccount(access_token)).status).toBe(204)
    await afterwork()
    const rows = await outboxRows()
    expect(types(rows).toSorted()).toEqual(
      ['sessions', 'mail', 'profile', KAFKA].map((sink) => `user_deleted for ${sink}`).toSorted(),
    )
    expect(JSON.stringify(rows)).not.toMatch(personal)
    expect((await env.PROFILES.list()).keys).toEqual([])
    expect(rows.find(({ sink }) => sink === KAFKA)).toMatchObject({ payload: {}, state: 'waiting', seq: '3' })
  })

  it('rows that were on their way are gone as well, and their delivery settles nothing', async () => {
    const userId = await registered()
    const { access_token } = await people.logIn({}, PLACE)
    await afterwork()
    await sql()`update outbox set next_at = created_at`
    const { cue, reached, goOn } = pause()
    const kafka = fakeSink(KAFKA, async () => (await cue(async () => DELIVERED)) as typeof DELIVERED)
    const delivering = outboxWith([kafka]).round()
    await reached
    expect((await people.deleteAccount(access_token)).status).toBe(204)
    goOn()
    expect(await delivering).toMatchObject({ delivered: 1 })
    expect(kafka.got).toMatchObject([{ type: 'user_registered', userId }])
    await afterwork()
    expect(JSON.stringify(await outboxRows())).not.toMatch(personal)
  })

  it('nobody else loses a row', async () => {
    await registered()
    await people.register('bob@example.com', {}, PLACE)
    const { access_token } = await people.logIn({}, PLACE)
    await people.deleteAccount(access_token)
    expect(types((await outboxRows()).filter(({ user_id }) => user_id === '2'))).toEqual([
      'user_registered for mail',
      `user_registered for ${KAFKA}`,
    ])
  })

  it('the session object tells that the sessions ended, in events that fit the catalogue and name no place and no device', async () => {
    const object = await sessionObjectOf(await registered())
    await hears(object, LISTENING)
    const { access_token } = await people.logIn({}, PLACE)
    await people.logIn({}, PLACE)
    expect((await people.deleteAccount(access_token)).status).toBe(204)
    await ring(object, LISTENING)
    const told = (await outboxRows()).filter(({ type }) => type !== 'user_deleted')
    const ended = { type: 'session_ended', sink: KAFKA, payload: { address: '', device: '', country: null } }
    expect(told).toMatchObject([ended, ended])
    expect(told.map(({ payload }) => payload.reason)).toEqual(['user_deleted', 'user_deleted'])
    expect(JSON.stringify(told)).not.toMatch(personal)
    const [goodbye] = (await outboxRows()).filter(({ type, sink }) => type === 'user_deleted' && sink === KAFKA)
    const last = Number(goodbye?.seq)
    expect(told.map(({ seq }) => Number(seq))).toEqual([last + 1, last + 2])
    for (const { type, payload } of told) expect(kafkaMessage(CATALOGUE)(rowOf({ type, payload }))).not.toBeNull()
    expect(await waitingIn(object)).toBe(0)
    expect(await run(object, 'SELECT * FROM sessions')).toEqual([])
    expect(JSON.stringify(await run(object, 'SELECT * FROM account'))).not.toMatch(personal)
  })

  it('what an object that has not heard of it goes on telling is dropped', async () => {
    const { deps } = outboxWith([fakeSink(KAFKA)])
    const where = { address: '203.0.113.7', device: 'Firefox on Linux', country: 'NL' }
    const recorded = ['session_opened', 'session_ended', 'session_stolen'].map((type, index) => ({
      ...{ id: `event-${index}`, at: Date.now(), type, userId: 7, sinks: [KAFKA], published: true },
      payload: { ...where, reason: 'revoked' },
    }))
    await insertObjectEvents(await deps.db(), 7, recorded)
    expect(await outboxRows()).toEqual([])
    const nobody = recorded.map((event) => ({ ...event, userId: 0 }))
    await insertObjectEvents(await deps.db(), 0, nobody)
    expect(await outboxRows()).toHaveLength(3)
  })
})

// The embedded engine has one session; these are at their widest with TEST_DATABASE_URL.
describe('a deletion beside everything else', { timeout: 60_000 }, () => {
  /** What another transaction does, which ends half a second later. */
  const meanwhile = (statement: string) =>
    sql().transaction((sql) => [sql.query(statement), sql.query('select pg_sleep(0.5)')])

  it('leaves nothing of what a change records that began before and ends later', async () => {
    const userId = await registered()
    const { access_token } = await people.logIn({}, PLACE)
    const changing = meanwhile(`
      with changed as (update users set version = version + 1 where user_id = ${userId} returning user_id, email),
      counted as (update event_counters set seq = seq + 1 from changed
        where event_counters.user_id = changed.user_id returning seq)
      insert into outbox (event_id, sink, user_id, seq, type, payload, created_at, next_at)
      select 'event', '${KAFKA}', user_id, seq, 'user_updated', jsonb_build_object('email', email), now(), now()
      from changed, counted`)
    expect((await people.deleteAccount(access_token)).status).toBe(204)
    await changing
    await afterwork()
    expect(JSON.stringify(await outboxRows())).not.toMatch(personal)
  })

  it('and a settlement of rows of the user do not wait for each other', async () => {
    const userId = await registered()
    const { access_token } = await people.logIn({}, PLACE)
    const sinks = Array.from({ length: 20 }, (_, index) => fakeSink(`webhook:${index + 1}`))
    const { deps, record } = outboxWith(sinks)
    await record(happened(userId))
    const db = await deps.db()
    const now = new Date()
    const until = new Date(now.getTime() + 60_000)
    const leased = await lease(db, { sinks: sinks.map(({ name }) => name), most: 50, maxTries: 20, now, until })
    const settlements = leased.flatMap(({ row }) =>
      row
        ? [{ eventId: row.eventId, sink: row.sink, state: 'delivered' as const, reason: null, nextAt: null, until }]
        : [],
    )
    expect(settlements).toHaveLength(20)
    // A table that has been written to for a while does not lie in the order of its rows' places.
    await sql()`do $$ begin for n in reverse 20..1 loop
      update outbox set attempts = attempts where sink = 'webhook:' || n; end loop; end $$`
    // Both arrive while the row in the middle is held: those who take what is before and behind it in another order are stuck.
    const holding = meanwhile(`select 1 from outbox where sink = 'webhook:10' for update`)
    const [deletion] = await Promise.all([
      people.deleteAccount(access_token),
      settle(db, settlements.toReversed(), now),
      holding,
    ])
    expect(deletion.status).toBe(204)
    expect(types(await outboxRows()).filter((type) => type.includes('webhook'))).toEqual([])
  })

  it('leaves nothing of the user, whatever is recorded, moved, settled and replayed meanwhile, and waits for nobody for ever', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    for (let turn = 0; turn < 6; turn += 1) {
      const email = `ann${turn}@example.com`
      await people.register(email, { full_name: 'Ann Example' }, PLACE)
      const [{ user_id }] = (await sql()`select user_id::int from users`) as [{ user_id: number }]
      const { access_token } = await people.logIn({ username: email }, PLACE)
      const { deps, record, round } = outboxWith([fakeSink(KAFKA), fakeSink('rabbitmq')])
      const db = await deps.db()
      await record(happened(user_id), happened(user_id), happened(user_id))
      const recorded = (index: number) => ({
        ...{ id: `event-${turn}-${index}`, at: Date.now(), type: 'session_opened', userId: user_id },
        ...{ payload: { address: '203.0.113.7' }, sinks: [KAFKA], published: true },
      })
      const [deletion, ...others] = await Promise.all([
        people.deleteAccount(access_token),
        ...(await Promise.all([
          many(6, async (index) => (await people.changeProfile(access_token, { full_name: `Ann ${index}` })).status),
          many(6, (index) => insertObjectEvents(db, user_id, [recorded(index)])),
          many(6, () => round()),
        ])),
      ])
      expect(deletion.status).toBe(204)
      for (const status of others[0] ?? []) expect([200, 401]).toContain(status)
      expect(JSON.stringify((await outboxRows()).filter((row) => Number(row.user_id) === user_id))).not.toMatch(
        /Ann|203\.0\.113/,
      )
      expect((await people.register(email, {}, PLACE)).status).toBe(201)
      await sql()`delete from users`
    }
  })
})
