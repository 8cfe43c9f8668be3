import { env } from 'cloudflare:workers'
import { describe, expect, it, vi } from 'vitest'
import { afterwork } from './support/after-work.ts'
import { complaintsSoFar } from './support/each.ts'
import { guessWrong, heldHash, WRONG } from './support/guessing.ts'
import { many, statuses } from './support/many.ts'
import { goingOn, hanging, oneAfterAnother, throwing } from './support/pausing.ts'
import { codeOf, from, people, register, registerAndLogIn, type TokenAnswer, workerClient } from './support/people.ts'
import { breakEndpoint, healEverything } from './support/switchboard.ts'
import { wrapped } from './support/wrapped-env.ts'

const NEW = 'battery staple horse'
const HERE = from('203.0.113.7')

/** Unavailable, for a while, and not a word about credentials. */
async function comesAgain(response: Response) {
  expect(await codeOf(response)).toBe('503 unavailable')
  expect(response.headers.get('retry-after')).toMatch(/^[1-9]\d*$/)
}

describe.each([['refuse'], ['hang'], ['error']] as const)('Postgres stopped (%s)', { timeout: 30_000 }, (fault) => {
  /** Nobody waits eight seconds for it; once it runs again, it may take its time. */
  async function stopPostgres() {
    const { timeout } = AbortSignal
    const impatient = vi.spyOn(AbortSignal, 'timeout').mockImplementation(() => timeout.call(AbortSignal, 50))
    await breakEndpoint('sql', fault)
    return async () => {
      impatient.mockRestore()
      await healEverything()
    }
  }

  it('users who are logged in do not notice', async () => {
    const { access_token, refresh_token } = await registerAndLogIn()
    const other = await people.logIn()
    expect((await people.me(access_token)).status).toBe(200)
    await afterwork()
    await stopPostgres()
    expect((await people.me(access_token)).status).toBe(200)
    expect(await people.verify(access_token)).toMatchObject({ ok: true })
    const refreshed = await (await people.refresh(refresh_token)).json<TokenAnswer>()
    expect((await people.list(refreshed.access_token)).status).toBe(200)
    expect((await people.endOthers(refreshed.access_token)).status).toBe(204)
    expect(await codeOf(await people.me(other.access_token))).toBe('401 invalid_access_token')
    expect((await people.logOut(refreshed.access_token)).status).toBe(200)
    expect(await codeOf(await people.refresh(refreshed.refresh_token))).toBe('401 invalid_refresh_token')
  })

  it('who would log in or register is told to come again, and nobody is blocked afterwards', async () => {
    const { device_token } = await registerAndLogIn()
    const few = workerClient(wrapped({ MAX_ADDRESS_ATTEMPTS: '5' }).env)
    const startAgain = await stopPostgres()
    for (let round = 0; round < 7; round++) {
      await comesAgain(await people.tryToLogIn({}, HERE))
      await comesAgain(await people.tryToLogIn(WRONG, HERE))
      await comesAgain(await people.tryToLogIn({ device_token }, HERE))
      await comesAgain(await few.register('bob@example.com', {}, from('192.0.2.1')))
    }
    complaintsSoFar()
    await startAgain()
    expect((await people.tryToLogIn({}, HERE)).status).toBe(200)
    expect((await people.tryToLogIn({ device_token }, HERE)).status).toBe(200)
    expect((await few.register('bob@example.com', {}, from('192.0.2.1'))).status).toBe(201)
    expect(await guessWrong(6, () => HERE)).toEqual([401, 401, 401, 401, 401, 429])
  })

  it('nothing is 401 that would not be otherwise, and no half of a change is made', async () => {
    const { access_token } = await registerAndLogIn()
    await afterwork()
    await env.PROFILES.delete('user:1')
    const startAgain = await stopPostgres()
    await comesAgain(await people.me(access_token))
    await comesAgain(await people.changeProfile(access_token, { full_name: 'Ann', username: 'annie' }))
    for (let round = 0; round < 6; round++) {
      await comesAgain(await people.changePassword(access_token, NEW))
      await comesAgain(await people.deleteAccount(access_token))
    }
    expect(await people.disable(1)).toMatchObject({ ok: false, error: 'unavailable' })
    complaintsSoFar()
    await startAgain()
    expect(await (await people.me(access_token)).json()).toMatchObject({ username: 'ann@example.com', full_name: null })
    expect((await people.changePassword(access_token, NEW)).status).toBe(204)
  })
})

it('KV: that hangs is not waited for', { timeout: 30_000 }, async () => {
  const { access_token } = await registerAndLogIn()
  const watch = wrapped()
  watch.on('Profiles.get', oneAfterAnother(hanging, goingOn))
  const response = await workerClient(watch.env).me(access_token)
  expect(await response.json()).toMatchObject({ username: 'ann@example.com' })
})

describe('the guard throwing', { timeout: 30_000 }, () => {
  it.each([['LoginGuard.reserve network'], ['LoginGuard.reserve account'], ['LoginGuard.reserve']])(
    '%s: who would be let in is told to come again, and is not blocked afterwards',
    async (label) => {
      const { access_token, device_token } = await registerAndLogIn()
      const watch = wrapped()
      const who = workerClient(watch.env)
      watch.on(label, throwing)
      for (let round = 0; round < 6; round++) {
        await comesAgain(await who.tryToLogIn({}, HERE))
        await comesAgain(await who.tryToLogIn({ device_token }, HERE))
        await comesAgain(await who.changePassword(access_token, NEW))
        await comesAgain(await who.deleteAccount(access_token))
        if (!label.endsWith('account')) await comesAgain(await who.register('bob@example.com'))
      }
      complaintsSoFar()
      watch.off(label)
      expect((await who.tryToLogIn({}, HERE)).status).toBe(200)
      expect((await who.me(access_token)).status).toBe(200)
    },
  )

  it('when it should settle: the answer stands, and the log says so', async () => {
    await register()
    const watch = wrapped()
    watch.on('LoginGuard.settle', throwing)
    const who = workerClient(watch.env)
    expect((await who.tryToLogIn()).status).toBe(200)
    await afterwork()
    expect(complaintsSoFar()).toEqual([expect.stringContaining('background_failure')])
    await breakEndpoint('sql', 'refuse')
    await comesAgain(await who.tryToLogIn())
    complaintsSoFar()
  })
})

describe('the session object throwing', { timeout: 30_000 }, () => {
  it('is 503 for its user and never 401, ends nothing and blocks nobody', async () => {
    const { access_token, refresh_token } = await registerAndLogIn()
    const watch = wrapped()
    const who = workerClient(watch.env)
    watch.on('UserSessions', throwing)
    for (let round = 0; round < 7; round++) await comesAgain(await who.tryToLogIn({}, HERE))
    await comesAgain(await who.refresh(refresh_token))
    await comesAgain(await who.me(access_token))
    // That every operation answers so is looked at in openapi.test.ts.
    expect(await who.verify(access_token)).toMatchObject({ ok: false, error: 'unavailable' })
    complaintsSoFar()
    watch.off('UserSessions')
    expect((await who.me(access_token)).status).toBe(200)
    expect((await who.refresh(refresh_token)).status).toBe(200)
    expect((await who.tryToLogIn({}, HERE)).status).toBe(200)
  })

  it('a log-out that could not be confirmed is not called a success, LOGOUT_ENDS=all or not', async () => {
    const { access_token } = await registerAndLogIn()
    const watch = wrapped({ LOGOUT_ENDS: 'all' })
    watch.on('UserSessions.end', throwing)
    await comesAgain(await workerClient(watch.env).logOut(access_token))
    complaintsSoFar()
    expect((await people.me(access_token)).status).toBe(200)
  })
})

it('more passwords than can be hashed: 503 with Retry-After for those beyond the bound, whose attempts are given back', {
  timeout: 15_000,
}, async () => {
  const who = workerClient(
    wrapped({ MAX_LOGIN_ATTEMPTS: '90', MAX_ACCOUNT_ATTEMPTS: '1000', MAX_ACCOUNT_CHECKS: '1000' }).env,
  )
  const { spy, goOn } = heldHash()
  let refused = 0
  const responses = await many(85, async () => {
    const response = await who.tryToLogIn(WRONG, HERE)
    if (response.status === 503 && ++refused === 15) goOn()
    return response
  })
  const late = responses.filter(({ status }) => status === 503)
  expect(late.length).toBeGreaterThanOrEqual(15)
  for (const response of late) await comesAgain(response)
  complaintsSoFar()
  const evaluated = spy.mock.calls.length
  expect(statuses(responses)).toEqual({ 401: evaluated, 503: late.length })
  const left = await guessWrong(90 - evaluated + 1, () => HERE, who)
  expect(left.filter((status) => status === 401)).toHaveLength(90 - evaluated)
})

it('the rate limit of forged refresh tokens throwing: a forged token is as dead as ever, since the limit only spares us work', async () => {
  const { refresh_token } = await registerAndLogIn()
  const watch = wrapped()
  watch.on('ForgedTokens', throwing)
  const who = workerClient(watch.env)
  expect(await codeOf(await who.refresh(`${refresh_token.slice(0, -4)}AAAA`))).toBe('401 invalid_refresh_token')
  expect((await who.refresh(refresh_token)).status).toBe(200)
})
