import { describe, expect, it, vi } from 'vitest'
import { afterwork } from './support/after-work.ts'
import { postJson } from './support/api.ts'
import { pass } from './support/clock.ts'
import { fireCron } from './support/cron.ts'
import { digitsIn, lastMailTo, MAILING, mailing, mailsTo } from './support/mailbox.ts'
import { many } from './support/many.ts'
import { outboxRows } from './support/outbox.ts'
import { throwing } from './support/pausing.ts'
import { ANN, from, register, workerClient } from './support/people.ts'
import { sql } from './support/rows.ts'
import { hears, ring, sessionObjectOf, waitingIn } from './support/session-objects.ts'
import { breakEndpoint, healEndpoints } from './support/switchboard.ts'
import { type Wrapped, wrapped } from './support/wrapped-env.ts'

const ON = mailing()
const CURL = { 'user-agent': 'curl/8.14.1' }
const forgot = () => postJson('/auth/password/forgot', { email: ANN }, from('203.0.113.9'), ON)
const subjects = async () => (await mailsTo(ANN)).map(({ subject }) => subject)
const notices = async () => (await outboxRows()).filter(({ type }) => type.startsWith('session_'))
const evictions = async () => (await notices()).filter(({ type }) => type === 'session_evicted')

async function annsObject(bindings: Env = ON) {
  const object = await sessionObjectOf(await register())
  await hears(object, bindings)
  return object
}

/** Six clients that know the password log in as fast as they can, each from an address of its own. */
const loops = (rounds: number) =>
  many(6, async (client) => {
    const headers = { ...CURL, ...from(`198.51.100.${client}`) }
    for (let round = 0; round < rounds; round += 1) await workerClient().logIn({}, headers)
  })

describe('a client that logs in without end', { timeout: 60_000 }, () => {
  it('makes one row a day of each notice, and holds back no mail with a code', async () => {
    const object = await annsObject()
    await loops(6)
    await ring(object, ON)
    await loops(2)
    await ring(object, ON)
    expect((await notices()).map(({ sink, type }) => `${type} for ${sink}`).toSorted()).toEqual([
      'session_evicted for mail',
      'session_opened for mail',
    ])
    expect((await forgot()).status).toBe(202)
    expect(await subjects()).toContain('Reset your Postern password')
    expect(await waitingIn(object)).toBe(0)
  })

  it('the next day makes the next one', async () => {
    pass({ seconds: 0 })
    const object = await annsObject()
    for (const day of [1, 2]) {
      await loops(2)
      await ring(object, ON)
      expect(await evictions()).toHaveLength(day)
      pass({ days: 1, seconds: 1 })
    }
  })

  it('a mail with a code does not wait for a notice that hangs', async () => {
    const object = await annsObject()
    await loops(2)
    await ring(object, ON)
    await sql()`update outbox set leased_until = now() + interval '1 hour'`
    await forgot()
    expect(await subjects()).toEqual(['Reset your Postern password'])
  })
})

describe('an object that moves its events', () => {
  const refused = () => vi.spyOn(console, 'warn').mockImplementation(() => undefined)

  /** It has events to move, and could not move them so far. */
  async function evicted(watch: Wrapped) {
    watch.on('LoginGuard.reserve notice', throwing)
    const object = await annsObject(watch.env)
    await loops(1)
    return { object, waiting: await waitingIn(object) }
  }

  it('keeps all of them while the guard of a notice does not answer', async () => {
    const warned = refused()
    const watch = wrapped(MAILING)
    const { object, waiting } = await evicted(watch)
    await ring(object, watch.env)
    expect([await waitingIn(object), await notices()]).toEqual([waiting, []])
    expect(String(warned.mock.calls.at(-1))).toContain('events_not_moved')
    watch.off('LoginGuard.reserve notice')
    await ring(object, watch.env)
    expect([await waitingIn(object), (await evictions()).length]).toEqual([0, 1])
  })

  it.each(['refuse', 'lose', 'error'] as const)('mails its notice after Postgres failed (%s)', async (fault) => {
    refused()
    const { object } = await evicted(wrapped(MAILING))
    await breakEndpoint('sql', fault)
    await ring(object, ON)
    await healEndpoints()
    await ring(object, ON)
    expect([await waitingIn(object), (await evictions()).length]).toEqual([0, 1])
  })

  it('and after it died between asking the guard and recording', async () => {
    refused()
    const watch = wrapped(MAILING)
    const { object } = await evicted(watch)
    watch.off('LoginGuard.reserve notice')
    watch.on('LoginGuard.settle notice', throwing)
    await breakEndpoint('sql', 'refuse')
    await ring(object, watch.env)
    await healEndpoints()
    await ring(object, ON)
    expect([await waitingIn(object), (await evictions()).length]).toEqual([0, 1])
  })
})

describe('the line of a mail', () => {
  it('of an earlier version is delivered as well', async () => {
    await register()
    await breakEndpoint('emails', 'error')
    await forgot()
    await afterwork()
    await healEndpoints()
    await sql()`update outbox set sink = 'mail', next_at = created_at`
    await fireCron(ON)
    expect(await outboxRows()).toMatchObject([{ sink: 'mail', state: 'delivered', sealed: null }])
    expect(digitsIn(await lastMailTo(ANN))).toMatch(/^\d{6}$/)
  })
})
