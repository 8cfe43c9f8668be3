import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { newId } from '../src/crypto/bytes.ts'
import { sessionSink } from '../src/features/sessions/sink.ts'
import { type ForProfile, profileSink } from '../src/features/users/profile-sink.ts'
import { profilesIn } from '../src/features/users/profiles.ts'
import { sessionObjectsIn } from '../src/platform/session-objects.ts'
import { AT, byHand, rowOf } from './support/outbox-rows.ts'
import { news } from './support/session-messages.ts'
import { atWebhook } from './support/sinks-by-hand.ts'

afterEach(() => vi.restoreAllMocks())

it('a webhook’s answer is not read, and what is left of it is cancelled, so that its connection is free', async () => {
  const cancel = vi.fn()
  vi.spyOn(globalThis, 'fetch').mockResolvedValue(new Response(new ReadableStream({ cancel })))
  expect(await atWebhook('https://hooks.example.com').deliver([rowOf()])).toEqual([{ ok: true }])
  expect(cancel).toHaveBeenCalledOnce()
})

it('the sink of session objects: says that it could not where the object does not answer, and goes on with the next', async () => {
  const reachable = newId()
  const ask = sessionObjectsIn(env.USER_SESSIONS)
  const half = byHand(
    sessionSink((subject, work) => (subject === reachable ? ask(subject, work) : Promise.reject(new Error()))),
  )
  const rows = [newId(), reachable].map((subject) => rowOf({ payload: { subject, advance: news(2, 2) } }))
  expect(await half.deliver(rows)).toEqual([{ ok: false, reason: 'could not be reached' }, { ok: true }])
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
