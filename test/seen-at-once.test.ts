import { describe, expect, it, vi } from 'vitest'
import { afterwork } from './support/after-work.ts'
import { pass } from './support/clock.ts'
import { fireCron } from './support/cron.ts'
import { heldDeliveries } from './support/deliveries.ts'
import { complaintsSoFar } from './support/each.ts'
import { BY_CHANGED_ADDRESS, BY_DIGITS, confirming, type Ending, registering, type Scene } from './support/endings.ts'
import { MAILING } from './support/mailbox.ts'
import { throwing } from './support/pausing.ts'
import { claimsIn, NEXT, registerAndLogIn, workerClient } from './support/people.ts'
import { type Settings, wrapped } from './support/wrapped-env.ts'

const deliveries = heldDeliveries()

/** Somebody who is logged in, and what they do next. */
async function about(begin: Ending['begin'] = () => async () => 'done', settings: Settings = {}) {
  const watch = wrapped({ ...MAILING, ...settings })
  const who = workerClient(watch.env)
  const { userId, ...one } = await registerAndLogIn()
  const scene: Scene = { env: watch.env, who, userId, one }
  const go = await begin(scene)
  await afterwork()
  const shown = async (token = one.access_token) => (await who.me(token)).json()
  return { ...scene, ...one, watch, go, shown }
}

describe('a change is seen as soon as it is answered, and before anything is delivered', () => {
  it.each([true, false])('an address confirmed, with a token: %s: by me and by other Workers', async (signedIn) => {
    const { go, shown, who, access_token } = await about(confirming)
    deliveries.hold()
    expect(await go({}, signedIn ? access_token : '')).toBe('done')
    expect(await shown()).toMatchObject({ email_verified: true })
    expect(await who.verify(access_token)).toMatchObject({ ok: true, value: { emailVerified: true } })
  })

  it('an address confirmed while the session object cannot be reached stands, and the outbox tells the object', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {})
    const { go, shown, watch } = await about(confirming)
    watch.on('UserSessions.advance', throwing)
    expect(await go()).toBe('done')
    expect(await shown()).toMatchObject({ email_verified: false })
    await afterwork()
    expect(complaintsSoFar().map((line) => JSON.parse(line).code)).toEqual(['background_failure'])
    watch.off('UserSessions.advance')
    pass({ minutes: 1 })
    await fireCron(watch.env)
    expect(await shown()).toMatchObject({ email_verified: true })
  })

  it('an address confirmed by a reset', async () => {
    const { go, shown, who } = await about(BY_DIGITS.begin)
    deliveries.hold()
    expect(await go()).toBe('done')
    const { access_token } = await who.logIn({ password: NEXT })
    expect(await shown(access_token)).toMatchObject({ email_verified: true })
  })

  it('an address changed', async () => {
    const { go, shown, who } = await about(BY_CHANGED_ADDRESS.begin)
    deliveries.hold()
    expect(await go()).toBe('done')
    const email = 'ann@new.example'
    expect(await shown()).toMatchObject({ email, username: email, email_verified: true })
    await who.logIn({ username: email })
  })

  it('a registration that was completed', async () => {
    const { go, shown, who } = await about(registering, { EMAIL_VERIFICATION: 'before' })
    deliveries.hold()
    expect(await go()).toBe('done')
    const { access_token } = await who.logIn({ username: 'bob@example.com' })
    expect(await shown(access_token)).toMatchObject({ email: 'bob@example.com', email_verified: true })
  })

  it('a profile', async () => {
    const { access_token, refresh_token, who, shown } = await about()
    deliveries.hold()
    await who.changeProfile(access_token, { full_name: 'Ann', username: 'annie' })
    expect(await shown()).toMatchObject({ full_name: 'Ann', username: 'annie' })
    expect((await who.refresh(refresh_token)).status).toBe(200)
    await who.logIn({ username: 'annie' })
  })

  it('roles, given and taken', async () => {
    const { access_token, refresh_token, userId, who, shown } = await about()
    deliveries.hold()
    for (const roles of [['admin', 'user'], ['user']]) {
      await who.setRoles(userId, roles)
      expect(await shown()).toMatchObject({ roles })
      expect(await who.verify(access_token)).toMatchObject({ ok: true, value: { roles } })
      const next = await (await who.refresh(refresh_token)).json<{ access_token: string }>()
      expect(claimsIn(next.access_token).roles).toEqual(roles)
    }
  })
})
