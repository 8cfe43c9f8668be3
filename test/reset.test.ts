import { describe, expect, it, vi } from 'vitest'
import { afterwork } from './support/after-work.ts'
import { postJson } from './support/api.ts'
import { complaintsSoFar } from './support/each.ts'
import { guessWrong, WRONG } from './support/guessing.ts'
import {
  digitsMailedTo,
  lastMailTo,
  mailsTo,
  otherThan,
  resetCode,
  resetLink,
  tokenIn,
  withLinks,
} from './support/mailbox.ts'
import { many } from './support/many.ts'
import { ANN, codeOf, from, PASSWORD, people, register, registerAndLogIn } from './support/people.ts'
import { rowsOf } from './support/rows.ts'

const NEW = 'another horse battery'
const env = withLinks()
const HERE = '203.0.113.7'

const reset = (body: object, address = HERE, bindings = env) =>
  postJson('/auth/password/reset', { new_password: NEW, ...body }, from(address), bindings)
/** Ann has forgotten her password, and one mail has both ways back. */
async function asked() {
  await register()
  const code = await resetCode(ANN, env)
  return { code, token: tokenIn(await lastMailTo(ANN)) }
}
const byDigits = (code: string, address = HERE, bindings = env) => reset({ email: ANN, code }, address, bindings)

/** On a slow machine sixty at once are more than the line before the hash holds; who is told 503 comes again. */
async function untilAnswered(ask: () => Promise<Response>): Promise<Response> {
  let answer = await ask()
  while (answer.status === 503) answer = await ask()
  return answer
}

describe('a reset', () => {
  it('reset-ends-sessions by digits: the new password works, the old one and every session are dead', async () => {
    const before = await registerAndLogIn()
    const done = await byDigits(await resetCode(ANN, env))
    expect([done.status, await done.text()]).toEqual([204, ''])
    expect((await people.tryToLogIn({ password: PASSWORD })).status).toBe(401)
    expect((await people.me(before.access_token)).status).toBe(401)
    expect((await people.refresh(before.refresh_token)).status).toBe(401)
    expect((await people.logIn({ password: NEW })).access_token).toBeTruthy()
  })

  it('6.3.7 tells the owner, and shows that the address is theirs', async () => {
    const { access_token } = await registerAndLogIn()
    expect(await (await people.me(access_token)).json()).toMatchObject({ email_verified: false })
    await byDigits(await resetCode(ANN, env))
    expect((await lastMailTo(ANN)).subject).toBe('Your Postern password was reset')
    const { access_token: after } = await people.logIn({ password: NEW })
    expect(await (await people.me(after)).json()).toMatchObject({ email_verified: true })
  })

  it('6.3.1 a thousand wrong passwords from a hundred addresses keep its owner out of neither the reset nor the account', async () => {
    vi.spyOn(console, 'log').mockImplementation(() => {})
    await register()
    for (let round = 0; round < 10; round++) {
      await many(100, (n) => people.tryToLogIn(WRONG, from(`198.51.100.${n + 1}`)))
    }
    // A slow machine tells some of them to come again.
    complaintsSoFar()
    const [here, elsewhere] = [from('192.0.2.77'), from('192.0.2.78')]
    expect((await people.tryToLogIn({}, here)).status).toBe(429)
    expect((await byDigits(await resetCode(ANN, env), '192.0.2.77')).status).toBe(204)
    expect((await people.tryToLogIn({ password: NEW }, elsewhere)).status).toBe(429)
    expect((await people.tryToLogIn({ password: NEW }, here)).status).toBe(200)
  })

  it('6.3.1 five wrong passwords from its own address keep its owner out of no reset', async () => {
    await register()
    const statuses = await guessWrong(6, () => from(HERE))
    expect(statuses.at(-1)).toBe(429)
    expect((await byDigits(await resetCode(ANN, env))).status).toBe(204)
  })

  it('6.4.3 a new request kills the old digits, and the old link lives on', async () => {
    const { code, token } = await asked()
    const newest = await resetCode(ANN, env)
    expect(await codeOf(await byDigits(code === newest ? otherThan(newest) : code))).toBe('400 invalid_code')
    expect((await reset({ token })).status).toBe(204)
    expect(await codeOf(await byDigits(newest))).toBe('400 invalid_code')
  })

  it('6.5.1 of digits and links that are all good, one succeeds', async () => {
    await register()
    const first = await resetLink(ANN, env)
    const second = await resetLink(ANN, env)
    const code = await digitsMailedTo(ANN)
    const all = await Promise.all([reset({ token: first }), byDigits(code, '203.0.113.8'), reset({ token: second })])
    expect(all.filter(({ status }) => status === 204)).toHaveLength(1)
  })

  it('what ends the sessions meanwhile makes the code void', async () => {
    const { access_token } = await registerAndLogIn()
    const code = await resetCode(ANN, env)
    const token = await resetLink(ANN, env)
    const change = { current_password: PASSWORD, new_password: 'my very own choice' }
    await postJson('/auth/password/change', change, { authorization: `Bearer ${access_token}` })
    expect(await codeOf(await byDigits(code))).toBe('400 invalid_code')
    expect(await codeOf(await reset({ token }))).toBe('400 invalid_code')
  })
})

describe('wrong digits', () => {
  it('6.6.3 sixty at once take five tries and no more: none of them can be the right one afterwards', async () => {
    const { code } = await asked()
    const guess = () => otherThan(code)
    const wrong = Array.from({ length: 60 }, (_, at) => untilAnswered(() => byDigits(guess(), `203.0.113.${at}`)))
    await Promise.all(wrong)
    // Of those who were told to come again.
    complaintsSoFar()
    const [row] = await rowsOf<{ tries: number }>('codes')
    expect(row?.tries).toBe(5)
    expect(await codeOf(await byDigits(code, '203.0.113.99'))).toBe('400 invalid_code')
  })

  it('6.6.3 asking again refills nothing: ten wrong ones in a day close the digits, whatever is mailed', async () => {
    await register()
    for (const round of [1, 2]) {
      const code = await resetCode(ANN, env)
      for (let at = 0; at < 5; at++) await byDigits(otherThan(code), `203.0.${round}.${at}`)
    }
    const code = await resetCode(ANN, env)
    expect(await codeOf(await byDigits(code, '203.0.113.99'))).toBe('400 invalid_code')
    expect((await reset({ token: tokenIn(await lastMailTo(ANN)) })).status).toBe(204)
  })

  it('6.6.3 ten from one address in an hour, over all accounts, close it for digits: 429', async () => {
    for (let at = 0; at < 10; at++) await reset({ email: `somebody${at}@example.com`, code: '123456' })
    await afterwork()
    const refused = await reset({ email: 'another@example.com', code: '123456' })
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3_000)
    expect(await codeOf(refused)).toBe('429 too_many_attempts')
    expect((await reset({ email: 'another@example.com', code: '123456' }, '203.0.113.8')).status).toBe(400)
  })

  it('6.3.1 a stranger who spoils every code keeps nobody out: the link works from the next request on', async () => {
    await register()
    for (let at = 0; at < 12; at++) await byDigits('000000', `198.51.100.${at}`)
    const token = await resetLink(ANN, env)
    for (let at = 0; at < 12; at++) await byDigits('000000', `198.51.101.${at}`)
    for (let at = 0; at < 3; at++)
      await postJson('/auth/password/forgot', { email: ANN }, from(`198.51.102.${at}`), env)
    expect((await reset({ token })).status).toBe(204)
  })

  it('RESET_ALARM_PER_HOUR wrong ones in all switch digits off for an hour, and links go on', async () => {
    const start = Date.UTC(2030, 0, 1)
    vi.useFakeTimers({ toFake: ['Date'], now: start })
    const three = withLinks({ RESET_ALARM_PER_HOUR: '3' })
    await register()
    await register('bob@example.com')
    await resetCode('bob@example.com', three)
    for (let at = 0; at < 3; at++) await reset({ email: 'bob@example.com', code: '1' }, `203.0.113.${at}`, three)
    const code = await resetCode(ANN, three)
    expect(await codeOf(await byDigits(code, HERE, three))).toBe('400 invalid_code')
    expect((await reset({ token: tokenIn(await lastMailTo(ANN)) }, HERE, three)).status).toBe(204)
    await afterwork()
    vi.setSystemTime(start + 3_601_000)
    expect((await byDigits(await resetCode(ANN, three), HERE, three)).status).toBe(204)
  })

  it('6.3.8 unknown address, no live code, wrong, expired, used, used up and alarm are one answer', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2030, 0, 1) })
    await register()
    const answers = [
      await reset({ email: 'nobody@example.com', code: '123456' }, '203.0.113.1'),
      await byDigits('123456', '203.0.113.2'),
    ]
    const code = await resetCode(ANN, env)
    for (let at = 0; at < 5; at++) answers.push(await byDigits(otherThan(code), `203.0.114.${at}`))
    answers.push(await byDigits(code, '203.0.113.3'))
    await afterwork()
    vi.setSystemTime(Date.UTC(2030, 0, 1, 0, 16))
    const late = await resetCode(ANN, env)
    vi.setSystemTime(Date.UTC(2030, 0, 1, 0, 27))
    answers.push(await byDigits(late, '203.0.113.4'))
    const good = await resetCode(ANN, env)
    await byDigits(good, '203.0.113.5')
    answers.push(await byDigits(good, '203.0.113.5'))
    const shown = await Promise.all(
      answers.map(async ({ status, headers, ...response }) => {
        void response
        return [status, [...headers].filter(([name]) => name !== 'x-request-id')]
      }),
    )
    const bodies = await Promise.all(answers.map((answer) => answer.text()))
    expect(new Set(bodies)).toEqual(new Set([bodies[0]]))
    for (const each of shown) expect(each).toEqual(shown[0])
  })
})

describe('a code', () => {
  it('6.6.2 of one purpose is useless for another (Keycloak CVE-2026-4282)', async () => {
    const { code } = await asked()
    const verify = (fields: object) => postJson('/auth/email/verify', fields, from('203.0.113.8'), env)
    expect(await codeOf(await verify({ email: ANN, code }))).toBe('400 invalid_code')
    await postJson('/auth/email/send-code', { email: ANN }, from(HERE), env)
    const other = await digitsMailedTo(ANN)
    if (other !== code) expect(await codeOf(await byDigits(other))).toBe('400 invalid_code')
    expect((await verify({ email: ANN, code: other })).status).toBe(200)
    expect((await byDigits(code)).status).toBe(204)
  })

  it('6.6.2 of one account is useless for another', async () => {
    await register()
    await register('bob@example.com')
    const code = await resetCode(ANN, env)
    await resetCode('bob@example.com', env)
    const bobs = await digitsMailedTo('bob@example.com')
    if (bobs !== code) expect(await codeOf(await reset({ email: 'bob@example.com', code }))).toBe('400 invalid_code')
  })

  it('no step can be skipped: neither a code without digits nor a token of nobody resets (Keycloak CVE-2026-18963)', async () => {
    await register()
    await resetCode(ANN, env)
    for (const body of [{}, { email: ANN }, { code: '123456' }, { email: ANN, token: 'x', code: '1' }])
      expect((await reset(body)).status).toBe(422)
    for (const token of ['', 'x', 'A'.repeat(43)]) expect((await reset({ token })).status).toBe(400)
    for (const code of ['', ' ', '%']) expect((await byDigits(code)).status).toBe(400)
    await people.logIn()
  })

  it('6.3.4 does not help a disabled or deleted user', async () => {
    const { code, token } = await asked()
    await rowsOf('users', "update users set status = 'disabled'")
    expect(await codeOf(await byDigits(code))).toBe('400 invalid_code')
    expect(await codeOf(await reset({ token }))).toBe('400 invalid_code')
    const mails = (await mailsTo(ANN)).length
    await postJson('/auth/password/forgot', { email: ANN }, from(HERE), env)
    expect(await mailsTo(ANN)).toHaveLength(mails)
    await rowsOf('users', 'delete from users')
    expect(await codeOf(await reset({ token }))).toBe('400 invalid_code')
  })

  it.each([
    ['6.2.4 among the commonest', 'password123'],
    ['6.2.1 too short', 'short'],
    ['6.2.11 the name of the service', 'postern2024'],
  ])('is not spent by a password that is refused: %s', async (_, new_password) => {
    const { code } = await asked()
    const refused = await reset({ email: ANN, code, new_password })
    expect(await refused.clone().json()).toMatchObject({ errors: [{ path: 'new_password' }] })
    expect(await codeOf(refused)).toBe('422 invalid_body')
    expect((await byDigits(code)).status).toBe(204)
  })
})
