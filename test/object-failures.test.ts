import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it, vi } from 'vitest'
import * as rows from '../src/features/sessions/rows.ts'
import { LoginGuardObject } from '../src/platform/objects/login-guard.ts'
import { UserSessionsObject } from '../src/platform/objects/user-sessions.ts'
import { afterwork } from './support/after-work.ts'
import { complaintsSoFar } from './support/each.ts'
import { HERE } from './support/guessing.ts'
import { evict, guardsWithTables, run } from './support/objects.ts'
import { throwing } from './support/pausing.ts'
import { objectOf, people, register, workerClient } from './support/people.ts'
import { opening } from './support/session-messages.ts'
import { wrapped } from './support/wrapped-env.ts'

const lines = () => complaintsSoFar().map((line) => JSON.parse(line))
const FRAMES = /^\w+(\n +at .+)+$/

describe('an exception inside an object', () => {
  it('of a session: 503, told inside by name and frames, and by the Worker as a failure of the object', async () => {
    await register()
    const tokens = await people.logIn()
    await afterwork()
    await run(objectOf(tokens), 'ALTER TABLE sessions RENAME TO elsewhere')
    expect((await people.refresh(tokens.refresh_token)).status).toBe(503)
    const [inside, request, ...others] = lines()
    expect(inside).toMatchObject({ code: 'object_failed', object: 'UserSessions', method: 'rotate' })
    expect(inside.reason).toMatch(FRAMES)
    expect(inside.reason).toContain('rotate')
    expect(request).toMatchObject({ status: 503, code: 'unavailable', reason: 'the session object failed' })
    expect([others, JSON.stringify(inside).includes('no such table')]).toEqual([[], false])
  })

  it('of a guard: the same', async () => {
    await register()
    await people.logIn({}, HERE)
    await afterwork()
    const guards = await guardsWithTables()
    for (const guard of guards) {
      await run(guard, 'ALTER TABLE networks RENAME TO elsewhere')
      await evict(guard)
    }
    expect((await people.tryToLogIn({}, HERE)).status).toBe(503)
    const [inside, request] = lines()
    expect(inside).toMatchObject({ code: 'object_failed', object: 'LoginGuard', method: 'reserve' })
    expect(inside.reason).toMatch(FRAMES)
    expect(request).toMatchObject({ status: 503, code: 'unavailable', reason: 'the guard failed' })
    for (const guard of guards) await run(guard, 'ALTER TABLE elsewhere RENAME TO networks')
    expect((await people.tryToLogIn({}, HERE)).status).toBe(200)
  })

  it('of a constructor is told inside, and to its caller the object was reset', async () => {
    await register()
    const tokens = await people.logIn()
    await afterwork()
    const object = objectOf(tokens)
    await run(object, 'DROP TABLE account; CREATE TABLE account (other TEXT)')
    await evict(object)
    expect((await people.refresh(tokens.refresh_token)).status).toBe(503)
    const [inside, request] = lines()
    expect(inside).toMatchObject({ code: 'object_failed', object: 'UserSessions', method: 'constructor' })
    expect(inside.reason).toMatch(FRAMES)
    expect(request).toMatchObject({ status: 503, reason: 'the session object was reset' })
    // It is woken again, since `reset()` passes over those asleep, and would leave it to the tests that come after.
    vi.spyOn(rows, 'readAccount').mockReturnValueOnce(null)
    await run(objectOf(tokens), 'SELECT 1')
  })

  it('that cannot be reached is said not to have answered', async () => {
    await register()
    const tokens = await people.logIn()
    await afterwork()
    const watch = wrapped()
    watch.on('UserSessions', throwing)
    expect((await workerClient(watch.env).refresh(tokens.refresh_token)).status).toBe(503)
    watch.on('LoginGuard.reserve', throwing)
    expect((await workerClient(watch.env).tryToLogIn()).status).toBe(503)
    expect(lines().map(({ reason }) => reason)).toEqual([
      'the session object did not answer',
      'the guard did not answer',
    ])
  })
})

describe('every public method and every alarm tells its exceptions, never their messages', () => {
  const methodsOf = (kind: typeof UserSessionsObject | typeof LoginGuardObject) =>
    Object.getOwnPropertyNames(kind.prototype).filter((name) => name !== 'constructor')

  /** The storage is gone, and what it says quotes data. */
  async function broken(instance: object, method: string) {
    const ctx = new Proxy(
      {},
      {
        get: () => {
          throw new RangeError('quoting\n    at ann@example.com')
        },
      },
    )
    Object.defineProperty(instance, 'ctx', { value: ctx })
    const call: unknown = Reflect.get(instance, method)
    if (typeof call !== 'function') throw new TypeError(`no method: ${method}`)
    await expect((async () => Reflect.apply(call, instance, []))()).rejects.toThrow()
  }
  const tells = (object: string, method: string) => {
    const told = lines()
    expect(told.length).toBeGreaterThan(0)
    for (const line of told) {
      expect(line).toMatchObject({ code: 'object_failed', object, method })
      expect(line.reason).toMatch(FRAMES)
      expect(JSON.stringify(line)).not.toMatch(/quoting|ann@/)
    }
  }

  it.each(methodsOf(UserSessionsObject))('UserSessions.%s', async (method) => {
    const object = env.USER_SESSIONS.getByName(crypto.randomUUID())
    await object.open(opening('a'))
    await runInDurableObject(object, (instance) => broken(instance, method))
    tells('UserSessions', method)
  })

  it.each(methodsOf(LoginGuardObject))('LoginGuard.%s', async (method) => {
    const guard = env.LOGIN_GUARD.getByName('network:192.0.2.1')
    await runInDurableObject(guard, (instance) => broken(instance, method))
    tells('LoginGuard', method)
  })
})
