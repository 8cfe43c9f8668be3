import { describe, expect, it, vi } from 'vitest'
import { afterwork } from './support/after-work.ts'
import { postJson } from './support/api.ts'
import { pass } from './support/clock.ts'
import { fireCron } from './support/cron.ts'
import { heldDeliveries } from './support/deliveries.ts'
import { complaintsSoFar } from './support/each.ts'
import { deafTo } from './support/faulty-bindings.ts'
import { digitsMailedTo, lastMailTo, mailing, tokenIn } from './support/mailbox.ts'
import { ANN, bearer, from, PASSWORD, registerAndLogIn, workerClient } from './support/people.ts'

const NEW_ADDRESS = 'ann@new.example'
const NEXT = 'another horse battery'
const mail = mailing()
const post = (path: string, body: object, token = '', bindings = mail) =>
  postJson(path, body, { ...from('203.0.113.7'), ...(token && bearer(token)) }, bindings)
const { me, tryToLogIn, logIn, refresh, verify, changeProfile, setRoles } = workerClient(mail)
const shown = async (token: string) => (await me(token)).json()

const deliveries = heldDeliveries()

async function codeToConfirm() {
  await post('/auth/email/send-code', { email: ANN })
  return { email: ANN, code: await digitsMailedTo(ANN) }
}

async function codeToReset() {
  await post('/auth/password/forgot', { email: ANN })
  return { email: ANN, code: await digitsMailedTo(ANN), new_password: NEXT }
}

async function codeToChange(token: string) {
  expect((await post('/auth/email/change', { email: NEW_ADDRESS, password: PASSWORD }, token)).status).toBe(202)
  return { email: NEW_ADDRESS, code: await digitsMailedTo(NEW_ADDRESS) }
}

describe('a change is seen as soon as it is answered, and before anything is delivered', () => {
  it.each([
    ['with a token', (token: string) => token],
    ['without one', () => ''],
  ])('an address confirmed %s: by me and by other Workers', async (_, shownWith) => {
    const { access_token } = await registerAndLogIn()
    const code = await codeToConfirm()
    deliveries.hold()
    expect((await post('/auth/email/verify', code, shownWith(access_token))).status).toBe(200)
    expect(await shown(access_token)).toMatchObject({ email_verified: true })
    expect(await verify(access_token)).toMatchObject({ ok: true, value: { emailVerified: true } })
  })

  it('an address confirmed while the session object cannot be reached stands, and the outbox tells the object', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {})
    const { access_token } = await registerAndLogIn()
    const code = await codeToConfirm()
    const deaf = { ...mail, USER_SESSIONS: deafTo('advance').USER_SESSIONS }
    expect((await post('/auth/email/verify', code, '', deaf)).status).toBe(200)
    expect(await shown(access_token)).toMatchObject({ email_verified: false })
    await afterwork()
    expect(complaintsSoFar().map((line) => JSON.parse(line).code)).toEqual(['background_failure'])
    pass({ minutes: 1 })
    await fireCron(mail)
    expect(await shown(access_token)).toMatchObject({ email_verified: true })
  })

  it('an address confirmed by a reset', async () => {
    await registerAndLogIn()
    const code = await codeToReset()
    deliveries.hold()
    expect((await post('/auth/password/reset', code)).status).toBe(204)
    const { access_token } = await logIn({ password: NEXT })
    expect(await shown(access_token)).toMatchObject({ email_verified: true })
  })

  it('an address changed, and a change that is stopped', async () => {
    const { access_token } = await registerAndLogIn()
    const code = await codeToChange(access_token)
    const link = { token: tokenIn(await lastMailTo(ANN)) }
    deliveries.hold()
    expect((await post('/auth/email/verify', code, access_token)).status).toBe(200)
    expect(await shown(access_token)).toMatchObject({ email: NEW_ADDRESS, username: NEW_ADDRESS, email_verified: true })
    const { access_token: other } = await logIn({ username: NEW_ADDRESS })
    expect((await post('/auth/email/stop', link)).status).toBe(204)
    for (const token of [access_token, other]) expect((await me(token)).status).toBe(401)
    expect((await tryToLogIn({ username: NEW_ADDRESS })).status).toBe(401)
  })

  it('a registration that was completed', async () => {
    const before = mailing({ EMAIL_VERIFICATION: 'before' })
    const begun = await post('/auth/register', { email: ANN, password: PASSWORD, full_name: 'Ann' }, '', before)
    const { registration } = await begun.json<{ registration: string }>()
    const code = await digitsMailedTo(ANN)
    deliveries.hold()
    expect((await post('/auth/email/verify', { registration, code }, '', before)).status).toBe(200)
    const { access_token } = await workerClient(before).logIn()
    expect(await shown(access_token)).toMatchObject({ email: ANN, full_name: 'Ann', email_verified: true })
  })

  it('a profile', async () => {
    const { access_token, refresh_token } = await registerAndLogIn()
    deliveries.hold()
    await changeProfile(access_token, { full_name: 'Ann', username: 'annie' })
    expect(await shown(access_token)).toMatchObject({ full_name: 'Ann', username: 'annie' })
    expect((await refresh(refresh_token)).status).toBe(200)
    await logIn({ username: 'annie' })
  })

  it('roles', async () => {
    const { access_token, userId } = await registerAndLogIn()
    deliveries.hold()
    await setRoles(userId, ['admin'])
    expect(await shown(access_token)).toMatchObject({ roles: ['admin'] })
    expect(await verify(access_token)).toMatchObject({ ok: true, value: { roles: ['admin'] } })
  })
})
