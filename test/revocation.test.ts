import { describe, expect, it } from 'vitest'
import { afterwork } from './support/after-work.ts'
import { heldDeliveries } from './support/deliveries.ts'
import { complaintsSoFar } from './support/each.ts'
import { type Ending, OF_SESSIONS, OF_USERS } from './support/endings.ts'
import { MAILING, RESET_URL } from './support/mailbox.ts'
import { type Cue, goingOn, oneAfterAnother, throwing } from './support/pausing.ts'
import {
  ANN,
  type Client,
  codeOf,
  from,
  NEXT,
  people,
  register,
  type TokenAnswer,
  workerClient,
} from './support/people.ts'
import { rowsOf } from './support/rows.ts'
import { wrapped } from './support/wrapped-env.ts'

const deliveries = heldDeliveries()

async function refusedBy(who: Client, { access_token, refresh_token }: TokenAnswer) {
  expect(await codeOf(await who.me(access_token))).toBe('401 invalid_access_token')
  expect(await who.verify(access_token)).toEqual({ ok: false, error: 'invalid_access_token' })
  expect(await codeOf(await who.refresh(refresh_token))).toBe('401 invalid_refresh_token')
  expect(await codeOf(await who.list(access_token))).toBe('401 invalid_access_token')
  expect((await who.endOthers(access_token)).status).toBe(401)
  expect((await who.changeProfile(access_token, { full_name: 'Eve' })).status).toBe(401)
  expect((await who.changePassword(access_token, NEXT)).status).toBe(401)
  expect((await who.deleteAccount(access_token)).status).toBe(401)
}

async function lives(who: Client, { access_token, refresh_token }: TokenAnswer) {
  expect((await who.me(access_token)).status).toBe(200)
  expect(await who.verify(access_token)).toMatchObject({ ok: true })
  expect((await who.refresh(refresh_token)).status).toBe(200)
}

/** Two sessions that are in use, and KV as it may be: everybody is shown the profile that was there at first, for ever. */
async function twoSessions({ begin, over }: Ending) {
  const userId = await register()
  const watch = wrapped({ ...MAILING, RESET_URL })
  const who = workerClient(watch.env)
  const one = await people.logIn()
  const end = await begin({ env: watch.env, who, userId, one })
  const [user] = await rowsOf<{ email: string }>('users')
  const other = await people.logIn({ username: user?.email })
  await afterwork()
  let first: unknown
  watch.on('Profiles.get', async (go) => {
    first ??= await go()
    return structuredClone(first)
  })
  expect((await who.me(other.access_token)).status).toBe(200)
  const isOver = async () => {
    await (over === 'other' ? lives : refusedBy)(who, one)
    await (over === 'one' ? lives : refusedBy)(who, other)
  }
  return { watch, who, end, isOver, one, other, userId }
}

describe.each([...OF_SESSIONS, ...OF_USERS])('$title', (ending) => {
  it('7.4.1 7.4.2 7.4.3 7.4.5 everything refuses at once, with KV serving the old profile and nothing delivered', async () => {
    const { end, isOver } = await twoSessions(ending)
    deliveries.hold()
    expect(await end()).toBe('done')
    await isOver()
  })
})

describe.each(OF_USERS)('$title', (ending) => {
  it('7.4.2 7.4.3 with the session object out of reach it stands, says so, and its repetition completes it', async () => {
    const { watch, end, isOver, other } = await twoSessions(ending)
    watch.on(`UserSessions.${ending.by}`, throwing)
    for (let n = 0; n < 2; n++) expect(await end()).toBe('revocation_pending 1')
    expect(complaintsSoFar()).toHaveLength(2)
    expect((await people.me(other.access_token)).status).toBe(200)
    const loggedIn = await people.tryToLogIn({}, from('192.0.2.77'))
    expect(loggedIn.ok ? 'done' : (await loggedIn.json<{ code: string }>()).code).toBe(ending.logIn)
    watch.off(`UserSessions.${ending.by}`)
    expect(await end()).toBe('done')
    await isOver()
    expect(await end()).toBe(ending.again)
  })

  it('7.4.2 7.4.3 with the answer of the database lost it is unavailable, and its repetition completes it', async () => {
    const { watch, end, isOver } = await twoSessions(ending)
    const lost: Cue = async (go) => {
      await go()
      throw new TypeError('the connection was closed')
    }
    watch.watchSql()
    watch.on('SQL', oneAfterAnother(...((ending.change === 1 ? [lost] : [goingOn, lost]) as [Cue]), goingOn))
    expect(await end()).toMatch(/^unavailable \d$/)
    complaintsSoFar()
    expect(await end()).toBe('done')
    await isOver()
  })
})

describe('with the session object out of reach', () => {
  it('7.4.3 the new password opens a session meanwhile, and that ends the old ones too', async () => {
    const [changed] = OF_USERS
    if (!changed) throw new Error('there is a password change')
    const { watch, who, end, other } = await twoSessions(changed)
    watch.on('UserSessions.advance', throwing)
    expect(await end()).toBe('revocation_pending 1')
    complaintsSoFar()
    const fresh = await people.logIn({ password: NEXT })
    await refusedBy(who, other)
    await lives(who, fresh)
  })

  it('lower rights stand, say so, and their repetition completes them', async () => {
    const userId = await register()
    const { access_token } = await people.logIn()
    await people.setRoles(userId, ['admin'])
    const watch = wrapped()
    const who = workerClient(watch.env)
    watch.on('UserSessions.advance', throwing)
    expect(await who.setRoles(userId, [])).toMatchObject({ error: 'revocation_pending', retryAfter: 1 })
    complaintsSoFar()
    watch.off('UserSessions.advance')
    expect(await who.setRoles(userId, [])).toMatchObject({ ok: true })
    expect(await who.verify(access_token)).toMatchObject({ ok: true, value: { roles: [] } })
  })
})
