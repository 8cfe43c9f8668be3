import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it, vi } from 'vitest'
import { depsFrom } from '../src/compose/deps.ts'
import { changeRoles } from '../src/features/users/changes.ts'
import { disableUser } from '../src/features/users/user-state.ts'
import { NOBODY } from '../src/kernel/client.ts'
import type { Deps } from '../src/kernel/deps.ts'
import { afterwork } from './support/after-work.ts'
import { call, postJson } from './support/api.ts'
import { fireCron } from './support/cron.ts'
import { deafTo, envWith } from './support/faulty-bindings.ts'
import { outboxRows } from './support/outbox.ts'
import { ask, PASSWORD, people, register, registerAndLogIn } from './support/people.ts'
import { sql } from './support/rows.ts'
import { breakEndpoint, healEverything } from './support/switchboard.ts'

/** Nobody answers there: rows for it stay. */
const LISTENING = envWith({ KAFKA_REST_URL: 'https://kafka.example.com' })

async function asOperator<Result>(work: (deps: Deps) => Promise<Result>, bindings: Env = LISTENING): Promise<Result> {
  try {
    return await work(depsFrom(bindings, createExecutionContext(), { clientOf: () => NOBODY }))
  } finally {
    await afterwork()
  }
}

const published = async () => (await outboxRows()).filter(({ sink }) => sink === 'kafka-rest')
const ofSink = async (sink: string) => (await outboxRows()).filter((row) => row.sink === sink)
const change = (path: string, method: 'POST' | 'PATCH' | 'DELETE', token: string, body: object) =>
  ask(method, path, token, { body, bindings: LISTENING })

describe('a registration', () => {
  it('that is refused tells nobody, and takes no place in the sequence', async () => {
    await register('ann@example.com')
    await postJson('/auth/register', { email: 'ann@example.com', password: PASSWORD }, {}, LISTENING)
    expect([await outboxRows(), await sql()`select * from event_counters`]).toEqual([[], []])
  })
})

describe('a change', () => {
  it('that is refused tells nobody', async () => {
    await register('eve@example.com', { username: 'eve' })
    const { access_token: token } = await registerAndLogIn()
    expect((await change('/auth/me', 'PATCH', token, { username: 'eve' })).status).toBe(409)
    const wrong = { current_password: 'not it at all', new_password: 'another horse battery' }
    expect((await change('/auth/password/change', 'POST', token, wrong)).status).toBe(403)
    expect(await outboxRows()).toEqual([])
  })

  it('20 parallel ones of one user leave no gap in seq, and none twice', async () => {
    await register('ann@example.com')
    const roles = Array.from({ length: 20 }, (_, index) => [`role${index}`])
    await asOperator((deps) => Promise.all(roles.map((each) => changeRoles(deps, 1, each))))
    const rows = await published()
    expect(rows.map(({ seq }) => Number(seq))).toEqual(roles.map((_, index) => index + 1))
    expect(rows.map(({ payload }) => payload.version)).toEqual(roles.map((_, index) => index + 2))
    expect(new Set(rows.map(({ event_id }) => event_id)).size).toBe(20)
  })

  it('that Postgres could not make leaves nothing; one whose answer was lost leaves its event', async () => {
    await register('ann@example.com')
    for (const fault of ['error', 'lose'] as const) {
      await breakEndpoint('sql', fault)
      await expect(asOperator((deps) => changeRoles(deps, 1, [fault]))).rejects.toThrow()
      await healEverything()
      const [user] = await sql()`select roles from users`
      expect([user?.roles, (await published()).length]).toEqual(fault === 'lose' ? [['lose'], 1] : [[], 0])
    }
  })
})

it('7.4.2 a session object that cannot be reached: hears of the revocation within a minute of its return, and nobody asks again; ready warns meanwhile', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2027-01-15T08:00:00Z') })
  vi.spyOn(console, 'warn').mockImplementation(() => {})
  const { refresh_token } = await registerAndLogIn()
  const pending = asOperator((deps) => disableUser(deps, 1), deafTo())
  await expect(pending).rejects.toMatchObject({ code: 'revocation_pending' })
  const ready = async () => (await call('/health/ready')).json()
  expect(await ready()).toEqual({ status: 'ready' })

  for (let minute = 0; minute < 40; minute += 1) {
    vi.setSystemTime(Date.now() + 60_000)
    await fireCron(deafTo())
    const [row] = await ofSink('sessions')
    expect([row?.state, row?.attempts]).toEqual(['waiting', minute + 2])
  }
  expect(await ready()).toEqual({ status: 'ready', warnings: ['outbox'] })
  const refreshed = await people.refresh(refresh_token)
  expect(refreshed.status, 'the object is back, and has not heard yet').toBe(200)

  vi.setSystemTime(Date.now() + 60_000)
  await fireCron(env)
  expect((await ofSink('sessions')).map(({ state }) => state)).toEqual(['delivered'])
  const { refresh_token: next } = await refreshed.json<{ refresh_token: string }>()
  expect((await people.refresh(next)).status).toBe(401)
  expect(await ready()).toEqual({ status: 'ready' })
})
