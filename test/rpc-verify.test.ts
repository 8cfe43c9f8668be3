import { env } from 'cloudflare:workers'
import { describe, expect, it, vi } from 'vitest'
import { createSessionCache } from '../src/features/sessions/session-cache.ts'
import type { Looked } from '../src/features/sessions/state/messages.ts'
import { complaintsSoFar } from './support/each.ts'
import { ANN, people, registerAndLogIn } from './support/people.ts'
import { ann, authRpc, client, granted, operatorRpc, outcomeOf, verifyRpc } from './support/rpc.ts'
import { breakEndpoint } from './support/switchboard.ts'

/** How often a session object was called while this was done. */
async function callsOf(work: () => Promise<unknown>): Promise<number> {
  const asked = vi.spyOn(env.USER_SESSIONS, 'getByName')
  const before = asked.mock.calls.length
  await work()
  return asked.mock.calls.length - before
}

function breakSessionObjects() {
  const broken = vi.spyOn(env.USER_SESSIONS, 'getByName').mockImplementation(() => {
    throw new Error('the object is down')
  })
  return () => broken.mockRestore()
}

const stopTheClock = () => vi.useFakeTimers({ toFake: ['Date'] })
const wait = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000)

describe('strict verify', () => {
  it('7.4.1 refuses at once what has been logged out', async () => {
    const { access_token: token } = await registerAndLogIn()
    await granted(verifyRpc.verify({ token }))
    await people.logOut(token)
    expect(await verifyRpc.verify({ token })).toEqual({ ok: false, error: 'invalid_access_token' })
    expect(await verifyRpc.introspect({ token })).toEqual({ ok: true, value: { active: false } })
  })

  it('answers what the session says, and not the token', async () => {
    const { access_token: token, userId } = await registerAndLogIn()
    await granted(operatorRpc.setRoles({ userId, roles: ['editor'] }))
    const facts = await granted(verifyRpc.verify({ token }))
    expect(facts).toEqual({
      userId,
      sid: expect.stringMatching(/^[\w-]{22}\.[\w-]{22}$/),
      username: 'ann@example.com',
      roles: ['editor'],
      emailVerified: false,
      clientId: 'postern',
      amr: ['pwd'],
      authTime: expect.any(Number),
      issuedAt: expect.any(Number),
      expiresAt: facts.issuedAt + 900,
    })
    const whole = { active: true, iss: 'https://auth.example.com', aud: 'postern-tests', ...facts }
    expect(await granted(verifyRpc.introspect({ token }))).toEqual(whole)
  })
})

describe('verify with maxStaleness', () => {
  it('asks again when the answer is that old, counted from the answer and not from its last use', async () => {
    const { access_token: token } = await registerAndLogIn()
    stopTheClock()
    const ask = () => callsOf(() => granted(verifyRpc.verify({ token, maxStaleness: 10 })))
    expect(await ask()).toBe(1)
    wait(6)
    expect(await ask()).toBe(0)
    wait(3.999)
    expect(await ask()).toBe(0)
    wait(0.001)
    expect(await ask()).toBe(1)
  })

  it('each caller chooses how old: a strict answer serves the others, and theirs never a strict one', async () => {
    const { access_token: token } = await registerAndLogIn()
    stopTheClock()
    const ask = (maxStaleness?: number) => callsOf(() => granted(verifyRpc.verify({ token, maxStaleness })))
    expect(await ask()).toBe(1)
    expect(await ask(60)).toBe(0)
    expect(await ask(0)).toBe(1)
    wait(5)
    expect(await ask(5)).toBe(1)
    wait(4)
    expect(await ask(5)).toBe(0)
  })

  it('a session that ended is good for that long and no longer, and then never again, without asking', async () => {
    const { access_token: token } = await registerAndLogIn()
    stopTheClock()
    await granted(verifyRpc.verify({ token, maxStaleness: 10 }))
    await people.logOut(token)
    wait(9)
    expect(await outcomeOf(verifyRpc.verify({ token, maxStaleness: 10 }))).toBe('ok')
    wait(1)
    const refused = async () =>
      expect(await outcomeOf(verifyRpc.verify({ token, maxStaleness: 10 }))).toBe('invalid_access_token')
    expect(await callsOf(refused)).toBe(1)
    expect(await callsOf(refused)).toBe(0)
    expect(await outcomeOf(verifyRpc.verify({ token }))).toBe('invalid_access_token')
  })

  it('a token that has expired is refused however fresh the answer about its session is', async () => {
    const { access_token: token } = await registerAndLogIn()
    stopTheClock()
    wait(895)
    await granted(verifyRpc.verify({ token, maxStaleness: 60 }))
    wait(6)
    expect(await outcomeOf(verifyRpc.verify({ token, maxStaleness: 60 }))).toBe('invalid_access_token')
  })

  it('of two answers that cross, "ended" stays', () => {
    const sessionCache = createSessionCache()
    const live = { ok: true, value: {} } as Looked
    sessionCache.set('s', live, 1_000)
    sessionCache.set('s', { ok: false, error: 'ended' }, 3_000)
    sessionCache.set('s', live, 2_000)
    expect(sessionCache.get('s', 3_000, 60_000)).toEqual({ ok: false, error: 'ended' })
  })
})

it('when Postgres does not answer, what needs it is unavailable over RPC as well', async () => {
  const { access_token: token, userId } = await registerAndLogIn()
  await breakEndpoint('sql', 'refuse')
  expect(await granted(verifyRpc.introspect({ token }))).toMatchObject({ active: true })
  const unavailable = { ok: false, error: 'unavailable', retryAfter: 2 }
  const asked = [authRpc.login(ann), authRpc.getUser({ userId }), operatorRpc.findUser({ identifier: ANN })]
  for (const answer of await Promise.all(asked)) expect(answer).toEqual(unavailable)
  complaintsSoFar()
})

describe('when the session object does not answer', () => {
  it('everything about its sessions is unavailable, and nothing is refused for good', async () => {
    const { access_token: token, refresh_token: refreshToken, userId } = await registerAndLogIn()
    const heal = breakSessionObjects()
    const asked = [
      verifyRpc.verify({ token }),
      verifyRpc.introspect({ token }),
      authRpc.refresh({ client, refreshToken }),
      authRpc.logout({ client, accessToken: token }),
      authRpc.logout({ client, refreshToken }),
      authRpc.login(ann),
      authRpc.listSessions({ userId }),
      authRpc.revokeSession({ userId, sessionId: 'x' }),
    ]
    for (const answer of await Promise.all(asked)) {
      expect(answer).toEqual({ ok: false, error: 'unavailable', retryAfter: 1 })
    }
    expect(complaintsSoFar()).toHaveLength(asked.length)
    heal()
    expect(await outcomeOf(verifyRpc.verify({ token }))).toBe('ok')
    expect(await outcomeOf(authRpc.refresh({ client, refreshToken }))).toBe('ok')
  })

  it('what it said a moment ago will do for a caller that allows it', async () => {
    const { access_token: token } = await registerAndLogIn()
    await granted(verifyRpc.verify({ token }))
    breakSessionObjects()
    expect(await outcomeOf(verifyRpc.verify({ token, maxStaleness: 60 }))).toBe('ok')
    expect(await outcomeOf(verifyRpc.verify({ token }))).toBe('unavailable')
    complaintsSoFar()
  })
})
