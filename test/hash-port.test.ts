import { describe, expect, it, vi } from 'vitest'
import * as hashing from '../src/crypto/scrypt.ts'
import { postJson } from './support/api.ts'
import { complaintsSoFar } from './support/each.ts'
import { heldHash, WRONG } from './support/guessing.ts'
import { codeOf, from, PASSWORD, people, register, workerClient } from './support/people.ts'
import { answerOf, wrapped } from './support/wrapped-env.ts'

const logInWith = (signal: AbortSignal, fields: object = {}): RequestInit => ({
  method: 'POST',
  headers: { 'cf-connecting-ip': '192.0.2.1', 'content-type': 'application/json' },
  body: JSON.stringify({ username: 'ann@example.com', password: PASSWORD, ...fields }),
  signal,
})

describe('a caller who is gone', () => {
  it('is dropped from the line before the hash, and the attempt is given back', async () => {
    await register()
    const held = heldHash()
    const watch = wrapped()
    const first = workerClient(watch.env).tryToLogIn(WRONG, from('192.0.2.9'))
    await held.reached
    const callers = Array.from({ length: 5 }, () => new AbortController())
    const waiting = callers.map(({ signal }) => answerOf('/auth/login', logInWith(signal, WRONG), watch.env))
    await expect.poll(() => watch.calls.filter((call) => call === 'LoginGuard.reserve account')).toHaveLength(6)
    await expect.poll(async () => (await workerClient(watch.env).tryToLogIn({}, from('192.0.2.1'))).status).toBe(429)
    for (const caller of callers) caller.abort()
    for (const each of await Promise.all(waiting)) {
      expect(each.response.status).toBe(503)
      await each.finished()
    }
    complaintsSoFar()
    expect(held.spy).toHaveBeenCalledTimes(1)
    held.goOn()
    expect((await first).status).toBe(401)
    expect((await people.tryToLogIn({}, from('192.0.2.1'))).status).toBe(200)
    expect(held.spy).toHaveBeenCalledTimes(2)
  })

  it('before anything began, or while the guard was asked, costs no hash either', async () => {
    await register()
    const spy = vi.spyOn(hashing, 'scrypt')
    const caller = new AbortController()
    const watch = wrapped()
    watch.on('LoginGuard.reserve account', (go) => {
      caller.abort()
      return go()
    })
    const { response, finished } = await answerOf('/auth/login', logInWith(caller.signal), watch.env)
    await finished()
    expect([response.status, spy.mock.calls.length]).toEqual([503, 0])
    expect(watch.calls.filter((call) => call.startsWith('LoginGuard.settle'))).toHaveLength(2)
    expect(watch.calls).not.toContain('UserSessions.open')
    complaintsSoFar()
  })

  it('who would have registered leaves nobody behind', async () => {
    const held = heldHash()
    const watch = wrapped({ MAX_ADDRESS_ATTEMPTS: '1' })
    const first = postJson(
      '/auth/register',
      { email: 'bob@example.com', password: PASSWORD },
      from('192.0.2.9'),
      watch.env,
    )
    await held.reached
    const caller = new AbortController()
    const init = {
      ...logInWith(caller.signal),
      body: JSON.stringify({ email: 'ann@example.com', password: PASSWORD }),
    }
    const waiting = answerOf('/auth/register', init, watch.env)
    await expect.poll(() => watch.calls.filter((call) => call === 'LoginGuard.reserve network')).toHaveLength(2)
    caller.abort()
    const { response, finished } = await waiting
    await finished()
    expect(response.status).toBe(503)
    complaintsSoFar()
    held.goOn()
    expect((await first).status).toBe(201)
    expect(await codeOf(await people.tryToLogIn())).toBe('401 invalid_credentials')
    expect((await workerClient(watch.env).register('ann@example.com', {}, from('192.0.2.1'))).status).toBe(201)
  })
})
