import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { depsFrom } from '../src/compose/deps.ts'
import { CATALOGUE } from '../src/compose/features.ts'
import { newId } from '../src/crypto/bytes.ts'
import { kafkaMessage } from '../src/features/events/messages.ts'
import { asObjectEvent } from '../src/features/guard/outbox.ts'
import { disableUser, enableUser, setRoles } from '../src/features/users/user-state.ts'
import { NOBODY } from '../src/kernel/client.ts'
import type { Deps } from '../src/kernel/deps.ts'
import { afterwork } from './support/after-work.ts'
import { postJson } from './support/api.ts'
import { envWith } from './support/faulty-bindings.ts'
import { AT, rowOf } from './support/outbox-rows.ts'
import { ask, PASSWORD, people } from './support/people.ts'
import { opening, rotation } from './support/session-messages.ts'
import { hears } from './support/session-objects.ts'

const stack = new URL(env.DATABASE_HTTP_URL).origin
const EVENTS_TOPIC = `topic-${newId()}`
const LISTENING = envWith({
  EVENTS_TOPIC,
  UPSTASH_KAFKA_REST_URL: stack,
  UPSTASH_KAFKA_REST_USERNAME: 'postern',
  UPSTASH_KAFKA_REST_PASSWORD: 'postern',
})

type Told = { key: string; value: Record<string, unknown> }

async function told(): Promise<Told[]> {
  await afterwork()
  const events = await (await fetch(`${stack}/events.json?topic=${EVENTS_TOPIC}`)).json<
    { key: string; value: string }[]
  >()
  return events.map(({ key, value }) => ({ key, value: JSON.parse(value) }))
}

const asOperator = (work: (deps: Deps) => Promise<unknown>) =>
  work(depsFrom(LISTENING, createExecutionContext(), { clientOf: () => NOBODY }))

const asUser = (token: string, method: 'POST' | 'PATCH' | 'DELETE', path: string, body: object) =>
  ask(method, path, token, { body, bindings: LISTENING })

it('what happens to a user: is told right after the answer, in order and as the catalogue says', async () => {
  const person = { email: 'ann@example.com', password: PASSWORD, username: 'ann', full_name: 'Ann Example' }
  const registered = await (await postJson('/auth/register', person, {}, LISTENING)).json<{ user_id: number }>()
  const userId = registered.user_id
  const { access_token } = await people.logIn()
  const next = { current_password: PASSWORD, new_password: `${PASSWORD} again` }
  await asUser(access_token, 'PATCH', '/auth/me', { full_name: null, username: 'anna', locale: 'nl' })
  await asUser(access_token, 'POST', '/auth/password/change', next)
  await asOperator((deps) => setRoles(deps, userId, ['admin']))
  await asOperator((deps) => disableUser(deps, userId))
  await asOperator((deps) => enableUser(deps, userId))
  const { access_token: again } = await people.logIn({ password: next.new_password })
  // Of a deleted user nothing is left that has not been told.
  await afterwork()
  await asUser(again, 'DELETE', '/auth/me', { password: next.new_password })

  const events = await told()
  expect(events.map(({ key, value }) => [key, value.user_id, value.seq])).toEqual([
    ['new_user', userId, 1],
    ['user_updated', userId, 2],
    ['password_changed', userId, 3],
    ['roles_changed', userId, 4],
    ['user_disabled', userId, 5],
    ['user_enabled', userId, 6],
    ['user_deleted', userId, 7],
  ])
  expect(new Set(events.map(({ value }) => value.event_id)).size).toBe(7)
  const { password: _, email: __, ...shown } = { ...person, ...registered, event_id: expect.any(String), seq: 1 }
  expect(events[0]?.value).toEqual({ ...shown, created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) })
  expect(events[1]?.value).toMatchObject({ username: 'anna', full_name: null, locale: 'nl', version: 2 })
  expect(events[3]?.value).toMatchObject({ roles: ['admin'] })
})

describe('what an object records', () => {
  it('fits the catalogue: everything that can happen to a session', async () => {
    const object = env.USER_SESSIONS.getByName(newId())
    await hears(object, LISTENING)
    const [a, b, c, d, e] = ['a', 'b', 'c', 'd', 'e']
    for (const id of [a, b]) await object.open(opening(id, {}, { cap: 1 }))
    await object.rotate(rotation(b, 1))
    await object.rotate(rotation(b, 1, { network: '198.51.100.0/24', userAgent: 'curl/8' }))
    await object.rotate(rotation(b, 2))
    await object.rotate(rotation(b, 3))
    await object.rotate(rotation(b, 1))
    for (const id of [c, d, e]) await object.open(opening(id))
    await object.rotate(rotation(c, 9))
    await object.end({ sessionId: d, reason: 'logged_out' })
    const peeked = await object.outboxPeek(100)
    const events = peeked.ok ? peeked.value.events : []
    const types = ['session_opened', 'session_evicted', 'refresh_shadowed', 'session_stolen', 'generation_ahead']
    expect(new Set(events.map(({ type }) => type))).toEqual(new Set([...types, 'session_ended']))
    for (const { type, payload } of events)
      expect(kafkaMessage(CATALOGUE)(rowOf({ type, payload })), type).not.toBeNull()
  })

  it('fits the catalogue: a block, and what was lost', () => {
    const at = AT.getTime()
    const events = [
      { event: 'login_blocked', budget: 'pair', key: 'pair:x', at, until: at + 300_000 } as const,
      { event: 'events_dropped', at, count: 3 } as const,
    ]
    const [block, lost] = events.map((event) => {
      const { id, type, payload } = asObjectEvent({ id: newId(), event, missed: 0 })
      return kafkaMessage(CATALOGUE)(rowOf({ eventId: id, userId: 0, type, payload }))
    })
    expect(block?.value).toMatchObject({ user_id: 0, budget: 'pair', until: '2026-01-02T03:09:05.678Z' })
    expect(lost?.value).toMatchObject({ user_id: 0, count: 3 })
    expect(Object.keys(CATALOGUE)).toEqual(expect.arrayContaining(['login_blocked', 'events_dropped']))
  })
})
