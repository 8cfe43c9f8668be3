import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createHasher, type HashJob } from '../src/crypto/hasher.ts'
import * as hashing from '../src/crypto/scrypt.ts'
import { type HashService, hasherBehind } from '../src/platform/hash-service.ts'
import { complaintsSoFar } from './support/each.ts'
import { HERE, WRONG } from './support/guessing.ts'
import { codeOf, register, workerClient } from './support/people.ts'
import { sql } from './support/rows.ts'

const real = createHasher({ now: () => Date.now(), restMs: 0 })
const never = () => new Promise<never>(() => {})
const job: HashJob = { password: 'correct horse battery', cost: 4, parties: [], deadline: 1_000 }

/** The front, with this in the place of the Worker that hashes. */
const frontWith = (service: Partial<HashService>) => {
  const bindings = { ...env, MAX_LOGIN_ATTEMPTS: '1', HASHER: { ...real, ...service } }
  return workerClient(bindings as unknown as Env)
}

afterEach(() => vi.useRealTimers())

describe('where another Worker hashes', () => {
  it('the front computes no hash, and asks it to', async () => {
    const spy = vi.spyOn(hashing, 'scrypt')
    const asked: string[] = []
    const front = frontWith({
      hash: async ({ password }) => {
        asked.push(`hash ${password}`)
        return { ok: true, value: '$scrypt$a' }
      },
      verify: async ({ password, stored }) => {
        asked.push(`verify ${password} ${stored}`)
        return { ok: true, value: { right: true, outdated: false } }
      },
    })
    expect((await front.register('ann@example.com', { password: 'battery staple horse' })).status).toBe(201)
    expect((await front.tryToLogIn()).status).toBe(200)
    expect(asked).toEqual(['hash battery staple horse', 'verify correct horse battery $scrypt$a'])
    expect(spy).not.toHaveBeenCalled()
  })

  it.each<[string, HashService['verify']]>([
    ['fails', () => Promise.reject(new Error('canary'))],
    ['is full', async () => ({ ok: false, error: 'busy' })],
    [
      'is older than the format of the hash',
      async () => ({ ok: true, value: { right: false, outdated: false, unusable: 'unknown_format' } }),
    ],
  ])('503 where it %s, and the attempt is given back', async (_, verify) => {
    await register()
    const refused = await frontWith({ verify }).tryToLogIn({}, HERE)
    expect(refused.headers.get('retry-after')).toBe('2')
    expect(await codeOf(refused)).toBe('503 unavailable')
    expect(complaintsSoFar().join()).not.toContain('canary')
    expect((await frontWith({}).tryToLogIn({}, HERE)).status).toBe(200)
  })

  it('401 for a hash of a format that neither of them knows', async () => {
    await register()
    await sql()`update users set password_hash = '$new$abc'`
    expect(await codeOf(await frontWith({}).tryToLogIn(WRONG, HERE))).toBe('401 invalid_credentials')
  })
})

describe('a call of the service that hashes', () => {
  it('ends two seconds after its deadline, whatever the service does', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] })
    const hasher = hasherBehind({ hash: never, verify: never }, () => 0)
    const asked = hasher.hash(job)
    const outcome = expect(asked).rejects.toMatchObject({ failure: { code: 'unavailable' }, retryAfter: 2 })
    await vi.advanceTimersByTimeAsync(2_999)
    expect(await Promise.race([asked.catch(() => 'ended'), 'open'])).toBe('open')
    await vi.advanceTimersByTimeAsync(1)
    await outcome
  })

  it('ends where its caller goes away', async () => {
    const caller = new AbortController()
    const asked = hasherBehind({ hash: never, verify: never }, () => 0).hash(job, caller.signal)
    caller.abort()
    expect(await asked).toEqual({ ok: false, error: 'gone' })
  })

  it('is refused beyond 256 at once; those of callers who vanished end by the clock', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] })
    let time = 0
    const hasher = hasherBehind({ hash: never, verify: never }, () => time)
    for (let call = 0; call < 256; call += 1) void hasher.hash(job)
    expect(await hasher.hash(job)).toEqual({ ok: false, error: 'busy' })
    time = 3_000
    expect(await hasher.hash(job)).toEqual({ ok: false, error: 'busy' })
    time = 3_001
    const admitted = hasher.hash({ ...job, deadline: 10_000 })
    expect(await Promise.race([admitted, 'admitted'])).toBe('admitted')
  })
})

describe('the hasher', () => {
  it('computes nothing for a job whose turn comes after its deadline', async () => {
    const spy = vi.spyOn(hashing, 'scrypt')
    let time = 1_000
    const hasher = createHasher({ now: () => time, restMs: 0 })
    expect(await hasher.hash(job)).toMatchObject({ ok: true })
    time = 1_001
    expect(await hasher.verify({ ...job, stored: '$scrypt$a' })).toEqual({ ok: false, error: 'busy' })
    expect(spy).toHaveBeenCalledTimes(1)
  })

  it('rests between two hashes, so that others have the thread, and not before the first', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] })
    const done: string[] = []
    const hasher = createHasher({ now: () => 0, restMs: 4 })
    const both = ['first', 'second'].map((name) => hasher.hash(job).then(() => done.push(name)))
    await vi.advanceTimersByTimeAsync(0)
    await both[0]
    await vi.advanceTimersByTimeAsync(3)
    expect(done).toEqual(['first'])
    await vi.advanceTimersByTimeAsync(1)
    await Promise.all(both)
  })
})
