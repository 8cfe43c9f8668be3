import { env as plain } from 'cloudflare:workers'
import { describe, expect, it, vi } from 'vitest'
import { parseConfig } from '../src/compose/config.ts'
import { connect } from '../src/db/client.ts'
import { tidyFormerAddresses } from '../src/features/email/former-address.ts'
import { afterwork } from './support/after-work.ts'
import { call, postJson } from './support/api.ts'
import { digitsIn, digitsMailedTo, lastMailTo, mailing, mailsTo, tokenIn } from './support/mailbox.ts'
import { bearer, codeOf, from, PASSWORD, people, register, registerAndLogIn } from './support/people.ts'
import { rowsOf } from './support/rows.ts'

const OLD = 'ann@example.com'
const NEW = 'ann@new.example'
const HERE = '203.0.113.7'
const env = mailing()
const before = mailing({ EMAIL_VERIFICATION: 'before' })

const post = (path: string, body: object, token?: string, bindings = env, address = HERE) =>
  postJson(path, body, { ...from(address), ...(token && bearer(token)) }, bindings)
const signUp = (email = OLD, bindings = env, address = '203.0.113.66') =>
  post('/auth/register', { email, password: PASSWORD }, undefined, bindings, address)
const ask = (token: string, email: string) => post('/auth/email/change', { email, password: PASSWORD }, token)
const stop = (token: string) => post('/auth/email/stop', { token })
const linkTo = async (address: string) => tokenIn(await lastMailTo(address))
const names = async () =>
  (await rowsOf<{ kind: string | null; identifier: string }>('identifiers'))
    .map((row) => `${row.kind ?? 'former'} ${row.identifier}`)
    .sort()

async function change(token: string, email = NEW) {
  expect((await ask(token, email)).status).toBe(202)
  const changed = await post('/auth/email/verify', { email, code: await digitsMailedTo(email) }, token)
  expect(changed.status).toBe(200)
}

const recovered = async () => {
  const [user] = await rowsOf<{ email: string; password_hash: string | null }>('users')
  return [user?.email, user?.password_hash, await names()]
}

describe('an address that an account has left', () => {
  it('web-borrowed-name is nobody else’s while a link brings it back, and the link does', async () => {
    const { access_token } = await registerAndLogIn()
    await change(access_token)
    expect(await codeOf(await signUp())).toBe('409 identifier_taken')
    expect(await codeOf(await people.tryToLogIn())).toBe('401 invalid_credentials')
    expect((await stop(await linkTo(OLD))).status).toBe(204)
    expect(await recovered()).toEqual([OLD, null, [`email ${OLD}`]])
    expect(await codeOf(await signUp())).toBe('409 identifier_taken')
    expect((await signUp(NEW)).status).toBe(201)
  })

  it('web-borrowed-name nor is it, if somebody registers with it while the change is made', async () => {
    const { access_token } = await registerAndLogIn()
    await ask(access_token, NEW)
    const confirming = { email: NEW, code: await digitsMailedTo(NEW) }
    let over = false
    const changing = post('/auth/email/verify', confirming, access_token).finally(() => (over = true))
    const answers = new Set<string>()
    const keepTrying = async (host: number) => {
      for (let last = false; !last; ) {
        last = over
        answers.add(await codeOf(await signUp(OLD, env, `203.0.113.${host}`)))
      }
    }
    await Promise.all([1, 2, 3, 4, 5].map(keepTrying))
    expect((await changing).status).toBe(200)
    expect([...answers]).toEqual(['409 identifier_taken'])
    expect((await stop(await linkTo(OLD))).status).toBe(204)
  })

  it('6.3.8 is answered like any other where nobody is told who is registered', async () => {
    const { access_token } = await registerAndLogIn()
    await change(access_token)
    expect((await signUp(OLD, before)).status).toBe(202)
    const mail = await lastMailTo(OLD)
    expect([mail.subject, digitsIn(mail)]).toEqual(['You already have a Postern account', ''])
    expect((await stop(tokenIn((await mailsTo(OLD))[1] ?? mail))).status).toBe(204)
  })

  it('is not another’s to change to: that is told to the address alone', async () => {
    const { access_token } = await registerAndLogIn()
    await change(access_token)
    const bob = await registerAndLogIn('bob@example.com')
    expect((await ask(bob.access_token, OLD)).status).toBe(202)
    expect((await lastMailTo(OLD)).subject).toBe('You already have a Postern account')
  })

  it('may become the account’s own again, and the one between is kept then', async () => {
    const { access_token } = await registerAndLogIn()
    await change(access_token)
    await change(access_token, OLD)
    expect(await names()).toEqual([`email ${OLD}`, `former ${NEW}`])
    await people.logIn()
    await change(access_token)
    expect(await names()).toEqual([`email ${NEW}`, `former ${OLD}`])
  })

  it('comes back with its link however often the address was changed since, and then those are free', async () => {
    await register(OLD, { username: 'annie' })
    const { access_token } = await people.logIn()
    await change(access_token, 'first@example.com')
    const ofOld = await linkTo(OLD)
    await change(access_token, 'second@example.com')
    const ofFirst = await linkTo('first@example.com')
    await change(access_token)
    expect(await names()).toHaveLength(5)
    expect((await stop(ofFirst)).status).toBe(204)
    expect(await names()).toEqual(['email first@example.com', `former ${OLD}`, 'username annie'])
    expect((await stop(ofOld)).status).toBe(204)
    expect(await names()).toEqual([`email ${OLD}`, 'username annie'])
  })

  it('leaves the name that somebody chose as changeable as it was', async () => {
    await register(OLD, { username: 'annie' })
    const { access_token } = await people.logIn()
    await change(access_token)
    const headers = { ...bearer(access_token), ...from('203.0.113.7'), 'content-type': 'application/json' }
    const patch = { method: 'PATCH', headers }
    expect((await call('/auth/me', { ...patch, body: '{"username":"hannah"}' })).status).toBe(200)
    expect(await names()).toEqual([`email ${NEW}`, `former ${OLD}`, 'username hannah'])
  })

  it('is anybody’s after three days', async () => {
    const start = Date.UTC(2030, 0, 1)
    vi.useFakeTimers({ toFake: ['Date'], now: start })
    const { access_token } = await registerAndLogIn()
    await change(access_token)
    const afterHours = async (hours: number) => {
      await afterwork()
      vi.setSystemTime(start + hours * 3_600_000)
      await tidyFormerAddresses({ db: () => connect(parseConfig(plain)), now: () => new Date() })
      return (await signUp()).status
    }
    expect(await afterHours(71.9)).toBe(409)
    expect(await afterHours(72.1)).toBe(201)
  })
})
