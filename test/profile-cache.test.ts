import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { afterwork } from './support/after-work.ts'
import { call } from './support/api.ts'
import { profilesThat, slowTo } from './support/faulty-bindings.ts'
import { oneAfterAnother, pause } from './support/pausing.ts'
import { bearer, people, registerAndLogIn } from './support/people.ts'
import { sql } from './support/rows.ts'
import { sqlRequestsOf } from './support/switchboard.ts'
import { answerOf, wrapped } from './support/wrapped-env.ts'

const KEY = 'user:1'
/** One that has shown nobody anything yet. */
const anotherIsolate = () => wrapped().env
/** It is written after the answer. */
async function cached() {
  await afterwork()
  return env.PROFILES.get<{ version: number; username: string; full_name: string | null }>(KEY, 'json')
}
const patch = (token: string, fields: object): RequestInit => ({
  method: 'PATCH',
  headers: { ...bearer(token), 'cf-connecting-ip': '203.0.113.7', 'content-type': 'application/json' },
  body: JSON.stringify(fields),
})
const patchWith = (token: string, fields: object, bindings?: Env) => call('/auth/me', patch(token, fields), bindings)
const meThrough = (token: string, bindings: Env) => call('/auth/me', { headers: bearer(token) }, bindings)
const nameIn = async (response: Response) => (await response.json<{ full_name: string | null }>()).full_name

describe('the profile cache', () => {
  it('holds user:{id} for thirty minutes, with what its readers rely on', async () => {
    await registerAndLogIn()
    expect(await cached()).toEqual({
      user_id: 1,
      username: 'ann@example.com',
      version: 1,
      email: 'ann@example.com',
      full_name: null,
      created_at: expect.any(String),
    })
    const { keys } = await env.PROFILES.list()
    expect(keys).toHaveLength(1)
    const left = (keys[0]?.expiration ?? 0) - Date.now() / 1000
    expect(left).toBeGreaterThan(1_790)
    expect(left).toBeLessThanOrEqual(1_801)
  })

  it('an isolate that has shown it asks neither KV nor SQL again until the object knows a newer version', async () => {
    const { access_token } = await registerAndLogIn()
    const watch = wrapped()
    const asked = async () => (await watch.callsOf(() => meThrough(access_token, watch.env))).slice(0, 2)
    expect(await asked()).toEqual(['UserSessions.look', 'Profiles.get'])
    expect(await asked()).toEqual(['UserSessions.look'])
    await patchWith(access_token, { full_name: 'Ann' })
    await afterwork()
    expect(await asked()).toEqual(['UserSessions.look', 'Profiles.get'])
    expect(await nameIn(await meThrough(access_token, watch.env))).toBe('Ann')
  })

  it('an older version than the session object knows of is not shown', async () => {
    const { access_token } = await registerAndLogIn()
    await afterwork()
    const stale = await env.PROFILES.get(KEY)
    await sql()`update users set full_name = 'Ann', version = version + 1`
    await people.logIn()
    await afterwork()
    expect(await env.PROFILES.get(KEY)).toBe(stale)
    expect(await sqlRequestsOf(async () => expect(await nameIn(await people.me(access_token))).toBe('Ann'))).toBe(1)
    expect(await cached()).toMatchObject({ version: 2, full_name: 'Ann' })
  })

  it.each([
    [
      'of another user',
      { user_id: 2, username: 'bob', version: 9, email: 'b@example.com', full_name: 'Bob', created_at: '' },
    ],
    ['with the least that others rely on', { user_id: 1, username: 'ann@example.com', version: 9 }],
    ['without a version', { user_id: 1, username: 'ann@example.com' }],
    ['that is a list', []],
    ['that is nothing', null],
    ['that is no JSON', 'x'],
  ])('an entry %s is passed over, and replaced', async (_, entry) => {
    const { access_token } = await registerAndLogIn()
    const right = await (await people.me(access_token)).text()
    await afterwork()
    await env.PROFILES.put(KEY, entry === 'x' ? entry : JSON.stringify(entry))
    expect(await (await meThrough(access_token, anotherIsolate())).text()).toBe(right)
    expect(await cached()).toMatchObject({ version: 1, email: 'ann@example.com' })
  })
})

describe('a change of the profile', () => {
  it('is seen at once by who made it, although the cache is stale and the session object far away', async () => {
    const { access_token } = await registerAndLogIn()
    await afterwork()
    const stale = await env.PROFILES.get(KEY)
    const bindings = slowTo('advance', { 'Profiles.get': async () => stale, 'Profiles.put': async () => undefined })
    expect((await patchWith(access_token, { full_name: 'Ann' }, bindings)).status).toBe(200)
    expect(await nameIn(await meThrough(access_token, bindings))).toBe('Ann')
  })

  it('never gives way to an older one that is written later', async () => {
    const { access_token } = await registerAndLogIn()
    const { cue, reached, goOn } = pause()
    const reading = meThrough(access_token, profilesThat({ get: oneAfterAnother(async () => null, cue) }))
    await reached
    const { finished } = await answerOf('/auth/me', patch(access_token, { full_name: 'Ann' }), env)
    await finished()
    goOn()
    expect(await nameIn(await reading)).toBeNull()
    expect(await cached()).toMatchObject({ version: 2, full_name: 'Ann' })
  })
})
