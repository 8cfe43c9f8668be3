import { describe, expect, it } from 'vitest'
import { afterwork } from './support/after-work.ts'
import { postJson } from './support/api.ts'
import { digitsIn, digitsMailedTo, lastMailTo, mailing, mailsTo } from './support/mailbox.ts'
import { ANN, ask, codeOf, from, PASSWORD, people, register, type TokenAnswer } from './support/people.ts'

const HERE = '203.0.113.7'
const off = mailing()
const after = mailing({ EMAIL_VERIFICATION: 'after' })

const post = (path: string, body: object, address = HERE, bindings = after) =>
  postJson(path, body, from(address), bindings)
const signUp = (bindings = after, email = ANN) => post('/auth/register', { email, password: PASSWORD }, HERE, bindings)
const enter = (password = PASSWORD, bindings = after) =>
  post('/auth/login', { username: ANN, password }, HERE, bindings)
const verify = (code: string, address = HERE) => post('/auth/email/verify', { email: ANN, code }, address)
const sendCode = (address = HERE) => post('/auth/email/send-code', { email: ANN }, address)
const codesTo = async (address: string) => (await mailsTo(address)).filter((mail) => digitsIn(mail) !== '')

describe('EMAIL_VERIFICATION=after', () => {
  it('registers as ever, mails a code, and lets nobody in before it came back', async () => {
    const registered = await signUp()
    expect(registered.status).toBe(201)
    const user = await registered.json()
    expect((await mailsTo(ANN)).map(({ subject }) => subject)).toEqual(['Your Postern code'])
    expect(await codeOf(await enter())).toBe('403 email_unverified')
    const verified = await verify(await digitsMailedTo(ANN))
    expect([verified.status, await verified.json()]).toEqual([200, user])
    expect((await lastMailTo(ANN)).subject).toBe('Welcome to Postern')
    const loggedIn = await enter()
    expect(loggedIn.status).toBe(200)
    const { access_token } = await loggedIn.json<TokenAnswer>()
    expect(await (await people.me(access_token)).json()).toMatchObject({ email_verified: true })
  })

  it('6.3.4 tells only a caller with the password that the address is not confirmed', async () => {
    await signUp()
    expect(await codeOf(await enter('wrong'))).toBe('401 invalid_credentials')
    expect(await codeOf(await enter())).toBe('403 email_unverified')
  })

  it('the right password of somebody unconfirmed counts as no guess', async () => {
    await signUp()
    for (let at = 0; at < 8; at++) {
      expect(await codeOf(await enter())).toBe('403 email_unverified')
      await afterwork()
    }
  })

  it('6.3.8 resend and verify: an unknown, a confirmed and a waiting address are one answer', async () => {
    await signUp()
    const ask = async (email: string) => {
      const answer = await post('/auth/email/send-code', { email }, '203.0.113.9')
      return [answer.status, await answer.text()]
    }
    const waiting = await ask(ANN)
    await verify(await digitsMailedTo(ANN))
    expect([await ask(ANN), await ask('nobody@example.com')]).toEqual([waiting, waiting])
    const tries = await Promise.all(
      [ANN, 'nobody@example.com'].map(async (email) => {
        const answer = await post('/auth/email/verify', { email, code: '123456' }, '203.0.113.9')
        return [answer.status, await answer.text()]
      }),
    )
    expect(tries[1]).toEqual(tries[0])
    expect(await codesTo('nobody@example.com')).toEqual([])
    expect(await codesTo(ANN), 'none once it was confirmed').toHaveLength(2)
  })

  it('three codes in a quarter of an hour, from however many addresses', async () => {
    await signUp()
    for (let at = 0; at < 6; at++) expect((await sendCode(`203.0.113.${at}`)).status).toBe(202)
    expect(await codesTo(ANN)).toHaveLength(4)
  })
})

describe('EMAIL_VERIFICATION=off', () => {
  it('welcomes at once, lets in, and an address may be confirmed all the same', async () => {
    await signUp(off)
    expect((await lastMailTo(ANN)).subject).toBe('Welcome to Postern')
    const { access_token } = await people.logIn()
    expect(await (await people.me(access_token)).json()).toMatchObject({ email_verified: false })
    await post('/auth/email/send-code', { email: ANN }, HERE, off)
    const body = { email: ANN, code: await digitsMailedTo(ANN) }
    expect((await ask('POST', '/auth/email/verify', access_token, { body, bindings: off })).status).toBe(200)
    expect(await (await people.me(access_token)).json()).toMatchObject({ email_verified: true })
  })

  it('MAX_MAILBOX_MAILS spares a full mailbox the welcome, and registering goes on', async () => {
    const one = mailing({ MAX_MAILBOX_MAILS: '1' })
    for (const tag of ['a', 'b']) expect((await signUp(one, `ann+${tag}@example.com`)).status).toBe(201)
    expect(await mailsTo('ann+a@example.com')).toHaveLength(1)
    expect(await mailsTo('ann+b@example.com')).toHaveLength(0)
  })

  it('MAX_MAILBOX_MAILS counts a mailbox without what follows the +', async () => {
    const two = mailing({ MAX_MAILBOX_MAILS: '2' })
    const people = ['a', 'b', 'c'].map((tag) => `ann+${tag}@example.com`)
    for (const email of people) {
      await register(email)
      await post('/auth/email/send-code', { email }, HERE, two)
    }
    const got = await Promise.all(people.map(codesTo))
    expect(got.map(({ length }) => length)).toEqual([1, 1, 0])
  })

  it('nobody is told where no mail is set up', async () => {
    await register()
    expect(await mailsTo(ANN)).toEqual([])
  })
})

describe('the language of a mail', () => {
  it('is what the request asks for, and then what the user has chosen', async () => {
    const russian = { ...from(HERE), 'accept-language': 'de, ru-RU;q=0.9, en;q=0.8' }
    await postJson('/auth/register', { email: ANN, password: PASSWORD }, russian, off)
    expect((await lastMailTo(ANN)).subject).toBe('Добро пожаловать в Postern')
    const { access_token } = await people.logIn()
    await ask('PATCH', '/auth/me', access_token, { body: { locale: 'en-GB' }, bindings: off })
    await postJson('/auth/password/forgot', { email: ANN }, russian, off)
    expect((await lastMailTo(ANN)).subject).toBe('Reset your Postern password')
  })

  it('APP_NAME is how the service calls itself, on one line', async () => {
    await signUp(mailing({ APP_NAME: 'Side\r\nBcc: eve@evil.example & <b>Gate</b>' }))
    const mail = await lastMailTo(ANN)
    expect(mail.subject).toBe('Welcome to Side Bcc: eve@evil.example & <b>Gate</b>')
    expect(mail.html).not.toContain('<b>Gate</b>')
    expect(mail.to).toEqual([ANN])
  })
})
