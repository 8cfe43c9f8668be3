import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { newId } from '../src/crypto/bytes.ts'
import { type ForSessions, sessionSink } from '../src/features/sessions/sink.ts'
import { type ForProfile, profileSink } from '../src/features/users/profile-sink.ts'
import { profilesIn } from '../src/features/users/profiles.ts'
import { sessionObjectsIn } from '../src/platform/session-objects.ts'
import { AT, byHand, rowOf } from './support/outbox-rows.ts'
import { news, opening } from './support/session-messages.ts'
import { atUpstash } from './support/sinks-by-hand.ts'

const stack = new URL(env.DATABASE_HTTP_URL).origin

const eventsAt = async (topic: string) =>
  (await fetch(`${stack}/events.json?topic=${topic}`)).json<
    { key: string; value: string; headers: { key: string; value: string }[] }[]
  >()

afterEach(() => vi.restoreAllMocks())

describe('Upstash as the local stack speaks it', () => {
  it('EVENTS_TOPIC names where everything goes', async () => {
    const EVENTS_TOPIC = `topic-${newId()}`
    const row = rowOf({ eventId: newId() })
    expect(await atUpstash(stack, { EVENTS_TOPIC }).deliver([row])).toEqual([{ ok: true }])
    const [event, ...others] = await eventsAt(EVENTS_TOPIC)
    expect(others).toEqual([])
    expect(event).toMatchObject({ key: 'new_user', headers: expect.arrayContaining([{ key: 'seq', value: '1' }]) })
    expect(JSON.parse(event?.value ?? '')).toMatchObject({ user_id: 7, event_id: row.eventId, seq: 1 })
  })
})

describe('the sink of session objects', () => {
  const sink = byHand(sessionSink(sessionObjectsIn(env.USER_SESSIONS)))
  const told = (payload: ForSessions) => sink.deliver([rowOf({ sink: 'sessions', payload })])

  it('brings a revocation that the answer could not, and any number of times', async () => {
    const subject = newId()
    const object = env.USER_SESSIONS.getByName(subject)
    const id = newId()
    await object.open(opening(id))
    const disabled: ForSessions = { subject, advance: news(2, 2, { status: 'disabled', reason: 'user_disabled' }) }
    expect(await told(disabled)).toEqual([{ ok: true }])
    expect(await object.look({ sessionId: id })).toEqual({ ok: false, error: 'ended' })
    expect(await told(disabled)).toEqual([{ ok: true }])
    expect(await object.open(opening(newId()))).toEqual({ ok: false, error: 'stale' })
  })

  it('buries, and has arrived at a grave too', async () => {
    const subject = newId()
    expect(await told({ subject, bury: { userId: 7, version: 3, authVersion: 2 } })).toEqual([{ ok: true }])
    expect(await told({ subject, advance: news(4, 3) })).toEqual([{ ok: true }])
    const late = opening(newId(), { version: 9, authVersion: 9 })
    expect(await env.USER_SESSIONS.getByName(subject).open(late)).toEqual({ ok: false, error: 'gone' })
  })

  it('keeps the session that made the change', async () => {
    const subject = newId()
    const object = env.USER_SESSIONS.getByName(subject)
    const [kept, other] = [newId(), newId()]
    for (const id of [kept, other]) await object.open(opening(id))
    expect(await told({ subject, advance: news(2, 2, { keep: kept }) })).toEqual([{ ok: true }])
    expect(await object.look({ sessionId: kept })).toMatchObject({ ok: true })
    expect(await object.look({ sessionId: other })).toEqual({ ok: false, error: 'ended' })
  })

  it('says that it could not where the object does not answer, and goes on with the next', async () => {
    const reachable = newId()
    const ask = sessionObjectsIn(env.USER_SESSIONS)
    const half = byHand(
      sessionSink((subject, work) => (subject === reachable ? ask(subject, work) : Promise.reject(new Error()))),
    )
    const rows = [newId(), reachable].map((subject) => rowOf({ payload: { subject, advance: news(2, 2) } }))
    expect(await half.deliver(rows)).toEqual([{ ok: false, reason: 'could not be reached' }, { ok: true }])
  })
})

describe('the sink of profiles', () => {
  const cached = (version: number) => ({
    user_id: 7,
    username: `ann-${version}`,
    version,
    email: 'ann@example.com',
    full_name: null,
    created_at: AT.toISOString(),
  })
  const deliver = (payload: ForProfile, kv = env.PROFILES) =>
    byHand(profileSink(profilesIn(kv))).deliver([rowOf({ payload })])

  it('writes, never an older one over a newer one, and forgets', async () => {
    const inKv = () => env.PROFILES.get('user:7', 'json')
    expect(await deliver({ write: cached(2) })).toEqual([{ ok: true }])
    expect(await deliver({ write: cached(1) })).toEqual([{ ok: true }])
    expect(await inKv()).toEqual(cached(2))
    expect(await deliver({ forget: 7 })).toEqual([{ ok: true }])
    expect(await inKv()).toBeNull()
  })

  it('says that it could not where KV throws', async () => {
    const broken = { ...env.PROFILES, get: () => Promise.reject(new Error('KV PUT failed: 429 canary')) }
    const verdict = { ok: false, reason: 'could not be reached' }
    expect(await deliver({ write: cached(1) }, broken as typeof env.PROFILES)).toEqual([verdict])
  })
})
