import { describe, expect, it, vi } from 'vitest'
import { afterwork } from './support/after-work.ts'
import { postJson } from './support/api.ts'
import { fireCron } from './support/cron.ts'
import { complaintsSoFar } from './support/each.ts'
import { digitsMailedTo, lastMailTo, MAILING, RESET_URL, resetCode, resetLink, tokenIn } from './support/mailbox.ts'
import { throwing } from './support/pausing.ts'
import { bearer, codeOf, from, PASSWORD, registerAndLogIn, type TokenAnswer, workerClient } from './support/people.ts'
import { rowsOf } from './support/rows.ts'
import { sqlRequestsOf } from './support/switchboard.ts'
import { wrapped } from './support/wrapped-env.ts'

const OLD = 'ann@example.com'
const NEW = 'ann@new.example'
const NEW_PASSWORD = 'another horse battery'
const START = Date.UTC(2030, 0, 1)

type Ask = (fields?: object, token?: string) => Promise<Response>
type Prepared = { ask: Ask; done: number; keeps: boolean }
type Prepare = (env: Env, one: TokenAnswer) => Promise<Prepared>

const post = (env: Env, path: string, body: object, token?: string) =>
  postJson(path, body, { ...from('203.0.113.7'), ...(token && bearer(token)) }, env)

const resetting = async (env: Env, secret: object): Promise<Prepared> => ({
  ask: (fields = {}) => post(env, '/auth/password/reset', { ...secret, new_password: NEW_PASSWORD, ...fields }),
  done: 204,
  keeps: false,
})

async function changing(env: Env, { access_token }: TokenAnswer): Promise<Prepared> {
  await post(env, '/auth/email/change', { email: NEW, password: PASSWORD }, access_token)
  const body = { email: NEW, code: await digitsMailedTo(NEW) }
  const ask: Ask = (fields = {}, token = access_token) => post(env, '/auth/email/verify', { ...body, ...fields }, token)
  return { ask, done: 200, keeps: true }
}

async function stopping(env: Env, one: TokenAnswer): Promise<Prepared> {
  await (await changing(env, one)).ask()
  const body = { token: tokenIn(await lastMailTo(OLD)) }
  return { ask: () => post(env, '/auth/email/stop', body), done: 204, keeps: false }
}

const PREPARE: Record<string, Prepare> = {
  'a reset by digits': async (env) => resetting(env, { email: OLD, code: await resetCode(OLD, env) }),
  'a reset by the link': async (env) => resetting(env, { token: await resetLink(OLD, env) }),
  'a changed address': changing,
  'a stopped change': stopping,
}

/** Two sessions, a code or a link, and a session object that hears nothing. */
async function deafened(prepare: Prepare, settings: Record<string, string> = {}) {
  const watch = wrapped({ ...MAILING, RESET_URL, ...settings })
  const one = await registerAndLogIn()
  const prepared = await prepare(watch.env, one)
  const other = await workerClient().logIn({
    username: prepared.keeps ? OLD : (await rowsOf<{ email: string }>('users'))[0]?.email,
  })
  watch.on('UserSessions.advance', throwing)
  return { watch, one, other, heal: () => watch.off('UserSessions.advance'), ...prepared }
}

async function pending(response: Response) {
  complaintsSoFar()
  expect(response.headers.get('retry-after')).toBe('1')
  expect(await codeOf(response)).toBe('503 revocation_pending')
}

const statusOf = async ({ access_token }: TokenAnswer) => (await workerClient().me(access_token)).status

describe.each(Object.entries(PREPARE))('%s that could not end the sessions', (_, prepare) => {
  it('7.4.3 stands and says so, and the same request completes it', async () => {
    const { ask, done, keeps, one, other, heal } = await deafened(prepare)
    await pending(await ask())
    expect(await statusOf(other)).toBe(200)
    heal()
    expect((await ask()).status).toBe(done)
    expect([await statusOf(one), await statusOf(other)]).toEqual([keeps ? 200 : 401, 401])
    expect(await codeOf(await ask())).toBe('400 invalid_code')
  })

  it('6.3.1 is no wrong try, however often it is asked for again', async () => {
    const { ask, done, heal } = await deafened(prepare)
    for (let times = 0; times < 12; times++) await pending(await ask())
    heal()
    expect((await ask()).status).toBe(done)
  })

  it('is completed also where the outbox has told the session object meanwhile', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: START })
    const { ask, done, keeps, watch, one, other, heal } = await deafened(prepare)
    await pending(await ask())
    // The delivery that follows the answer holds the lease of the event.
    await afterwork()
    heal()
    vi.setSystemTime(START + 120_000)
    await fireCron(watch.env)
    expect([await statusOf(one), await statusOf(other)]).toEqual([keeps ? 200 : 401, 401])
    expect((await ask()).status).toBe(done)
    expect(await codeOf(await ask())).toBe('400 invalid_code')
  })

  it('answers 503 also where Postgres goes down at that moment, and then the outbox alone completes it', async () => {
    const { ask, watch, heal } = await deafened(prepare)
    watch.watchSql()
    watch.on('UserSessions.advance', (go) => {
      watch.on('SQL', throwing)
      return throwing(go)
    })
    await pending(await ask())
    await afterwork()
    complaintsSoFar()
    watch.off('SQL')
    heal()
    expect(await codeOf(await ask())).toBe('400 invalid_code')
  })

  it('is over once something else has ended the sessions', async () => {
    const { ask, heal } = await deafened(prepare)
    await pending(await ask())
    heal()
    await rowsOf('users', 'update users set auth_version = auth_version + 1, version = version + 1')
    expect(await codeOf(await ask())).toBe('400 invalid_code')
  })

  it('repeated twice at once: one completes it, and the other does so too or comes too late', async () => {
    const { ask, done, heal } = await deafened(prepare)
    await pending(await ask())
    heal()
    const all = await Promise.all([ask(), ask()])
    expect(all.map(({ status }) => status).filter((status) => status !== done && status !== 400)).toEqual([])
    expect(all.some(({ status }) => status === done)).toBe(true)
  })
})

describe('the repetition', () => {
  it.each(['a reset by digits', 'a reset by the link'])(
    'of %s: with another new password it is refused',
    async (kind) => {
      const { ask, heal } = await deafened(PREPARE[kind] ?? stopping)
      await pending(await ask())
      heal()
      expect(await codeOf(await ask({ new_password: 'yet another horse' }))).toBe('400 invalid_code')
      expect((await ask()).status).toBe(204)
      expect((await workerClient().tryToLogIn({ password: NEW_PASSWORD })).status).toBe(200)
    },
  )

  it.each(['a reset by digits', 'a reset by the link'])(
    'of %s: 6.5.4 works as long as a code lives, counted from the first',
    async (kind) => {
      vi.useFakeTimers({ toFake: ['Date'], now: START })
      const { ask, done, heal } = await deafened(PREPARE[kind] ?? stopping)
      vi.setSystemTime(START + 590_000)
      await pending(await ask())
      vi.setSystemTime(START + 590_000 + 599_000)
      await pending(await ask())
      heal()
      vi.setSystemTime(START + 590_000 + 601_000)
      expect(await codeOf(await ask())).toBe('400 invalid_code')
      vi.setSystemTime(START + 590_000 + 599_000)
      expect((await ask()).status).toBe(done)
    },
  )

  it('of a reset by digits: with other digits it is refused', async () => {
    const { ask, heal } = await deafened(PREPARE['a reset by digits'] ?? stopping)
    await pending(await ask())
    heal()
    expect(await codeOf(await ask({ code: 'none' }))).toBe('400 invalid_code')
    expect((await ask()).status).toBe(204)
  })

  it('of a changed address: for the session that made the change, and for no other', async () => {
    const { ask, one, other, heal } = await deafened(changing)
    await pending(await ask())
    heal()
    expect(await codeOf(await ask({}, other.access_token))).toBe('400 invalid_code')
    expect(await (await ask()).json()).toMatchObject({ email: NEW, username: NEW })
    expect([await statusOf(one), await statusOf(other)]).toEqual([200, 401])
  })

  it('costs whoever needs none no request to Postgres: one to redeem, and two to deliver the events', async () => {
    const watch = wrapped({ ...MAILING, RESET_URL })
    const { ask } = await (PREPARE['a reset by digits'] ?? stopping)(watch.env, await registerAndLogIn())
    expect(await sqlRequestsOf(ask)).toBe(3)
  })
})
