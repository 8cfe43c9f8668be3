import { describe, expect, it } from 'vitest'
import { afterwork } from './support/after-work.ts'
import { complaintsSoFar } from './support/each.ts'
import { type Cue, goingOn, oneAfterAnother, throwing } from './support/pausing.ts'
import { claimsIn, codeOf, PASSWORD, register, type TokenAnswer } from './support/people.ts'
import { sessionsIn, workerClient } from './support/worker-client.ts'
import { wrapped } from './support/wrapped-env.ts'

const NEW = 'battery staple horse'
const people = workerClient()

/** KV as it may be: everybody is shown the profile that was there at first, for ever. */
function withStaleProfiles() {
  const watch = wrapped()
  let first: unknown
  watch.on('Profiles.get', async (go) => {
    first ??= await go()
    return structuredClone(first)
  })
  return { watch, stale: workerClient(watch.env) }
}

async function refusedBy(stale: ReturnType<typeof workerClient>, { access_token, refresh_token }: TokenAnswer) {
  expect(await codeOf(await stale.me(access_token))).toBe('401 invalid_access_token')
  expect(await stale.verify(access_token)).toEqual({ ok: false, error: 'invalid_access_token' })
  expect(await codeOf(await stale.refresh(refresh_token))).toBe('401 invalid_refresh_token')
  expect(await codeOf(await stale.list(access_token))).toBe('401 invalid_access_token')
  expect((await stale.endOthers(access_token)).status).toBe(401)
  expect((await stale.changeProfile(access_token, { full_name: 'Eve' })).status).toBe(401)
  expect((await stale.changePassword(access_token, NEW)).status).toBe(401)
  expect((await stale.deleteAccount(access_token)).status).toBe(401)
}

async function lives(stale: ReturnType<typeof workerClient>, { access_token }: TokenAnswer) {
  expect((await stale.me(access_token)).status).toBe(200)
  expect(await stale.verify(access_token)).toMatchObject({ ok: true })
}

/** Two sessions that are in use, with their profile in KV. */
async function twoSessions() {
  const userId = await register()
  const { watch, stale } = withStaleProfiles()
  const one = await people.logIn()
  const other = await people.logIn()
  await lives(stale, one)
  await lives(stale, other)
  return { userId, watch, stale, one, other }
}

describe('7.4.1 after log-out everything refuses at once, with KV serving the old profile', () => {
  it.each<[string, (tokens: TokenAnswer) => Promise<Response>]>([
    ['by the access token', ({ access_token }) => people.logOut(access_token)],
    ['by the refresh token in the body', ({ refresh_token }) => people.logOutBy(refresh_token)],
    [
      'by a refresh token of an older generation',
      async ({ refresh_token }) => {
        await people.refresh(refresh_token)
        return people.logOutBy(refresh_token)
      },
    ],
  ])('%s; the other session lives on', async (_, leave) => {
    const { stale, one, other } = await twoSessions()
    const response = await leave(one)
    expect(await response.json()).toEqual({ status: 'success' })
    await refusedBy(stale, one)
    await lives(stale, other)
    expect((await leave(one)).status).toBe(200)
  })

  it.each<[string, (one: TokenAnswer) => Promise<Response>, boolean]>([
    ['all sessions', ({ access_token }) => people.logOut(access_token, { all: true }), false],
    [
      'the one session, by its id',
      async ({ access_token }) => {
        const ended = (await sessionsIn(await people.list(access_token))).find(({ current }) => !current)
        return people.endSession(access_token, ended?.id ?? '')
      },
      true,
    ],
    ['all but this one', ({ access_token }) => people.endOthers(access_token), true],
  ])('of %s', async (_, end, livesOn) => {
    const { stale, one, other } = await twoSessions()
    expect((await end(one)).ok).toBe(true)
    await refusedBy(stale, other)
    await (livesOn ? lives : refusedBy)(stale, one)
  })

  it('an isolate that remembers the session as alive forgets it when asked strictly', async () => {
    const { stale, one } = await twoSessions()
    expect(await stale.verify(one.access_token, 60)).toMatchObject({ ok: true })
    await people.logOut(one.access_token)
    expect(await stale.verify(one.access_token, 0)).toEqual({ ok: false, error: 'invalid_access_token' })
    expect(await stale.verify(one.access_token, 60)).toEqual({ ok: false, error: 'invalid_access_token' })
  })
})

describe('every other session refuses at once', () => {
  it('7.4.3 after a password change; the one that made it goes on', async () => {
    const { stale, one, other } = await twoSessions()
    expect((await people.changePassword(one.access_token, NEW)).status).toBe(204)
    await refusedBy(stale, other)
    await lives(stale, one)
    expect((await people.refresh(one.refresh_token)).status).toBe(200)
  })

  it('7.4.2 after disabling, and enabling brings none of them back', async () => {
    const { userId, stale, one, other } = await twoSessions()
    expect(await people.disable(userId)).toMatchObject({ ok: true, value: { status: 'disabled' } })
    await refusedBy(stale, one)
    await refusedBy(stale, other)
    expect(await people.enable(userId)).toMatchObject({ ok: true })
    await refusedBy(stale, one)
    await lives(stale, await people.logIn())
  })

  it('7.4.2 after deleting, and registering again brings none of them back', async () => {
    const { stale, one, other } = await twoSessions()
    expect((await people.deleteAccount(one.access_token)).status).toBe(204)
    await refusedBy(stale, one)
    await refusedBy(stale, other)
    expect(await codeOf(await people.tryToLogIn())).toBe('401 invalid_credentials')
    await register()
    await refusedBy(stale, one)
  })
})

describe('rights are lowered at once', () => {
  const rolesIn = (token: string): unknown => claimsIn(token).roles

  it('in me, strict verify and refresh, whatever the token says, and no session ends', async () => {
    const userId = await register()
    await people.setRoles(userId, ['admin', 'user'])
    const { stale } = withStaleProfiles()
    const { access_token, refresh_token } = await people.logIn()
    expect(await (await stale.me(access_token)).json()).toMatchObject({ roles: ['admin', 'user'] })
    expect(await people.setRoles(userId, ['user'])).toMatchObject({ ok: true, value: { roles: ['user'] } })
    expect(rolesIn(access_token)).toEqual(['admin', 'user'])
    expect(await (await stale.me(access_token)).json()).toMatchObject({ roles: ['user'] })
    expect(await stale.verify(access_token)).toMatchObject({ ok: true, value: { roles: ['user'] } })
    const refreshed = await (await stale.refresh(refresh_token)).json<TokenAnswer>()
    expect(rolesIn(refreshed.access_token)).toEqual(['user'])
  })
})

describe('with the session object out of reach at that moment', () => {
  const pending = async (response: Response) => {
    expect(complaintsSoFar()).toHaveLength(1)
    expect(response.headers.get('retry-after')).toBe('1')
    expect(await codeOf(response)).toBe('503 revocation_pending')
  }

  const pendingOverRpc = async (asked: Promise<unknown>) => {
    expect(await asked).toEqual({ ok: false, error: 'revocation_pending', retryAfter: 1 })
    expect(complaintsSoFar()).toHaveLength(1)
  }

  it('7.4.3 a password change stands, says so, and its repetition completes it', async () => {
    const { watch, stale, one, other } = await twoSessions()
    watch.on('UserSessions.advance', throwing)
    await pending(await stale.changePassword(one.access_token, NEW))
    expect(await codeOf(await people.tryToLogIn())).toBe('401 invalid_credentials')
    await pending(await stale.changePassword(one.access_token, NEW))
    await afterwork()
    watch.off('UserSessions.advance')
    expect((await stale.changePassword(one.access_token, NEW)).status).toBe(204)
    await refusedBy(stale, other)
    await lives(stale, one)
    expect(await codeOf(await stale.changePassword(one.access_token, NEW))).toBe('403 wrong_password')
    expect((await people.tryToLogIn({ password: NEW })).status).toBe(200)
  })

  it('7.4.3 the new password opens a session meanwhile, and that ends the old ones too', async () => {
    const { watch, stale, one, other } = await twoSessions()
    watch.on('UserSessions.advance', throwing)
    await pending(await stale.changePassword(one.access_token, NEW))
    const fresh = await people.logIn({ password: NEW })
    await refusedBy(stale, other)
    await lives(stale, fresh)
  })

  it('7.4.2 a disabling stands, says so, and its repetition completes it', async () => {
    const { userId, watch, stale, one, other } = await twoSessions()
    watch.on('UserSessions.advance', throwing)
    await pendingOverRpc(stale.disable(userId))
    expect(await codeOf(await people.tryToLogIn())).toBe('403 account_disabled')
    watch.off('UserSessions.advance')
    expect(await stale.disable(userId)).toMatchObject({ ok: true })
    await refusedBy(stale, one)
    await refusedBy(stale, other)
  })

  it('7.4.2 a deletion stands, says so, and its repetition completes it', async () => {
    const { watch, stale, one, other } = await twoSessions()
    watch.on('UserSessions.bury', throwing)
    await pending(await stale.deleteAccount(one.access_token))
    expect(await codeOf(await people.tryToLogIn())).toBe('401 invalid_credentials')
    watch.off('UserSessions.bury')
    expect((await stale.deleteAccount(one.access_token)).status).toBe(204)
    await refusedBy(stale, one)
    await refusedBy(stale, other)
  })

  it('lower rights stand, say so, and their repetition completes them', async () => {
    const { userId, watch, stale, one } = await twoSessions()
    await people.setRoles(userId, ['admin'])
    watch.on('UserSessions.advance', throwing)
    await pendingOverRpc(stale.setRoles(userId, []))
    watch.off('UserSessions.advance')
    expect(await stale.setRoles(userId, [])).toMatchObject({ ok: true })
    expect(await stale.verify(one.access_token)).toMatchObject({ ok: true, value: { roles: [] } })
  })
})

describe('with the database’s answer lost at that moment', () => {
  const lost: Cue = async (go) => {
    await go()
    throw new TypeError('the connection was closed')
  }

  it.each<[string, (stale: ReturnType<typeof workerClient>, tokens: TokenAnswer) => Promise<Response>]>([
    ['7.4.3 a password change', (stale, { access_token }) => stale.changePassword(access_token, NEW)],
    ['7.4.2 a deletion', (stale, { access_token }) => stale.deleteAccount(access_token, PASSWORD)],
  ])('%s is 503, and its repetition completes it', async (_, change) => {
    const { watch, stale, one, other } = await twoSessions()
    watch.watchSql()
    watch.on('SQL', oneAfterAnother(goingOn, lost, goingOn))
    expect(await codeOf(await change(stale, one))).toBe('503 unavailable')
    complaintsSoFar()
    expect((await change(stale, one)).status).toBe(204)
    await refusedBy(stale, other)
    expect((await people.tryToLogIn()).status).toBe(401)
  })

  it('7.4.2 a disabling is unavailable, and its repetition completes it', async () => {
    const { userId, watch, stale, one } = await twoSessions()
    watch.watchSql()
    watch.on('SQL', oneAfterAnother(lost, goingOn))
    expect(await stale.disable(userId)).toMatchObject({ ok: false, error: 'unavailable' })
    complaintsSoFar()
    expect(await stale.disable(userId)).toMatchObject({ ok: true })
    await refusedBy(stale, one)
  })
})
