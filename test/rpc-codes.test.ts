import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import type { AuthRpc as Consumed } from '../examples/consumer-worker/src/postern.ts'
import { AuthRpc } from '../src/compose/rpc/entrypoints.ts'
import { digitsMailedTo, lastMailTo, MAILING, mailsTo, otherThan, RESET_URL, tokenIn } from './support/mailbox.ts'
import { ANN, PASSWORD, people, register, registerAndLogIn } from './support/people.ts'
import { client, granted, outcomeOf } from './support/rpc.ts'
import { type Settings, wrapped } from './support/wrapped-env.ts'

const NEW = 'ann@new.example'
const NEW_PASSWORD = 'another horse battery'

type Method = 'register' | 'sendCode' | 'verifyEmail' | 'changeEmail' | 'forgotPassword' | 'resetPassword'
type Backend = Pick<Consumed, Method>

/** A backend with this Worker for a service; what the Worker does after an answer is waited for. */
function backend(settings: Settings = {}) {
  const watch = wrapped({ ...MAILING, RESET_URL, ...settings })
  const ask =
    <Name extends Method>(method: Name) =>
    async (message: unknown) => {
      const context = createExecutionContext()
      const answer = await new AuthRpc(context, watch.env)[method](message)
      await waitOnExecutionContext(context)
      return answer
    }
  const rpc = {
    register: ask('register'),
    sendCode: ask('sendCode'),
    verifyEmail: ask('verifyEmail'),
    changeEmail: ask('changeEmail'),
    forgotPassword: ask('forgotPassword'),
    resetPassword: ask('resetPassword'),
  } as Backend
  return { rpc, watch }
}

const emailOf = async (token: string) => (await (await people.me(token)).json<{ email: string }>()).email
const ann = { client, email: ANN }

describe('AuthRpc, with what is mailed', () => {
  it('completes a registration that it began, also with another code', async () => {
    const { rpc } = backend({ EMAIL_VERIFICATION: 'before' })
    const begun = await granted(rpc.register({ ...ann, username: 'ann', password: PASSWORD, fullName: 'Ann' }))
    const registration = 'registration' in begun ? begun.registration : ''
    const first = await digitsMailedTo(ANN)
    expect(await granted(rpc.sendCode({ client, registration }))).toEqual({ status: 'accepted' })
    const code = await digitsMailedTo(ANN)
    if (first !== code)
      expect(await outcomeOf(rpc.verifyEmail({ client, registration, code: first }))).toBe('invalid_code')
    expect(
      await granted(rpc.verifyEmail({ client, registration, code: ` ${code.slice(0, 3)} ${code.slice(3)}` })),
    ).toEqual({
      userId: 1,
      username: 'ann',
      email: ANN,
      fullName: 'Ann',
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
    })
    await people.logIn({ username: 'ann' })
  })

  it('confirms the address of an account', async () => {
    const { access_token } = await registerAndLogIn()
    const { rpc } = backend()
    expect(await granted(rpc.sendCode({ client: { ...client, language: 'ru' }, email: ANN }))).toEqual({
      status: 'accepted',
    })
    expect((await lastMailTo(ANN)).subject).toBe('Ваш код для Postern')
    const code = await digitsMailedTo(ANN)
    expect(await outcomeOf(rpc.verifyEmail({ ...ann, code: otherThan(code) }))).toBe('invalid_code')
    expect(await granted(rpc.verifyEmail({ ...ann, code }))).toMatchObject({ userId: 1, email: ANN })
    expect(await (await people.me(access_token)).json()).toMatchObject({ email_verified: true })
  })

  it('changes the address, within the session that asked', async () => {
    const { access_token: accessToken } = await registerAndLogIn()
    const other = await people.logIn()
    const { rpc } = backend()
    const change = { client, accessToken, email: NEW, password: PASSWORD }
    expect(await outcomeOf(rpc.changeEmail({ ...change, password: 'wrong' }))).toBe('wrong_password')
    expect(await outcomeOf(rpc.changeEmail({ ...change, accessToken: 'x' }))).toBe('invalid_access_token')
    expect(await granted(rpc.changeEmail(change))).toEqual({ status: 'accepted' })
    const code = await digitsMailedTo(NEW)
    const confirming = { client, email: NEW, code }
    expect(await outcomeOf(rpc.verifyEmail(confirming))).toBe('invalid_code')
    expect(await outcomeOf(rpc.verifyEmail({ ...confirming, accessToken: 'x' }))).toBe('invalid_access_token')
    expect(await granted(rpc.verifyEmail({ ...confirming, accessToken }))).toMatchObject({ email: NEW })
    expect(await emailOf(accessToken)).toBe(NEW)
    expect((await people.me(other.access_token)).status).toBe(401)
  })

  it('resets a forgotten password, by digits and by the link, and answers the same for nobody', async () => {
    await register()
    const { rpc } = backend()
    expect(await granted(rpc.forgotPassword(ann))).toEqual({ status: 'accepted' })
    expect(await granted(rpc.forgotPassword({ client, email: 'nobody@example.com' }))).toEqual({ status: 'accepted' })
    expect(await mailsTo('nobody@example.com')).toEqual([])
    const byDigits = { ...ann, code: await digitsMailedTo(ANN), newPassword: NEW_PASSWORD }
    expect(await granted(rpc.resetPassword(byDigits))).toEqual({ status: 'success' })
    expect(await outcomeOf(rpc.resetPassword(byDigits))).toBe('invalid_code')
    expect((await people.tryToLogIn()).status).toBe(401)
    await people.logIn({ password: NEW_PASSWORD })
    await rpc.forgotPassword(ann)
    const byLink = { client, token: tokenIn(await lastMailTo(ANN)), newPassword: PASSWORD }
    expect(await granted(rpc.resetPassword(byLink))).toEqual({ status: 'success' })
    await people.logIn()
  })

  it('counts by the client that is named', async () => {
    const { rpc } = backend({ MAX_ADDRESS_MAILS: '1' })
    const elsewhere = { ...client, address: '198.51.100.1' }
    expect(await outcomeOf(rpc.forgotPassword(ann))).toBe('ok')
    for (const ask of [() => rpc.forgotPassword(ann), () => rpc.sendCode(ann)])
      expect(await ask()).toEqual({ ok: false, error: 'too_many_attempts', retryAfter: expect.any(Number) })
    expect(await outcomeOf(rpc.forgotPassword({ ...ann, client: elsewhere }))).toBe('ok')
    const guess = { ...ann, code: 'none', newPassword: NEW_PASSWORD }
    for (let at = 0; at < 10; at++) expect(await outcomeOf(rpc.resetPassword(guess))).toBe('invalid_code')
    for (const ask of [() => rpc.resetPassword(guess), () => rpc.verifyEmail(guess)])
      expect(await outcomeOf(ask())).toBe('too_many_attempts')
    expect(await outcomeOf(rpc.verifyEmail({ ...guess, client: elsewhere }))).toBe('invalid_code')
  })

  const password = { newPassword: NEW_PASSWORD }
  it.each<[string, (rpc: Backend) => Promise<unknown>, string]>([
    ['a code for nobody named', (rpc) => rpc.sendCode({ client }), 'email'],
    ['a code for two', (rpc) => rpc.sendCode({ ...ann, registration: 'x' }), 'email'],
    ['a confirmation of nothing', (rpc) => rpc.verifyEmail({ client, code: '1' }), 'email'],
    ['no address', (rpc) => rpc.forgotPassword({ client, email: 'nonsense' }), 'email'],
    ['a reset by nothing', (rpc) => rpc.resetPassword({ client, ...password }), 'token'],
    ['a reset by both', (rpc) => rpc.resetPassword({ ...ann, code: '1', token: 'x', ...password }), 'token'],
    ['a reset by one and a half', (rpc) => rpc.resetPassword({ ...ann, token: 'x', ...password }), 'token'],
    [
      'a new password that is too short',
      (rpc) => rpc.resetPassword({ ...ann, code: '1', newPassword: 'x' }),
      'newPassword',
    ],
  ])('refuses %s, by a field of the message', async (_, ask, path) => {
    expect(await ask(backend().rpc)).toMatchObject({ ok: false, error: 'invalid_body', fields: [{ path }] })
  })
})
