import { describe, expect, it } from 'vitest'
import { afterwork } from './support/after-work.ts'
import { call, postForm, postJson } from './support/api.ts'
import {
  ADDRESS,
  ask,
  bearer,
  codeOf,
  from,
  PASSWORD,
  people,
  register,
  registerAndLogIn,
  type TokenAnswer,
} from './support/people.ts'
import { sql } from './support/rows.ts'
import { authRpc, client, operatorRpc, outcomeOf } from './support/rpc.ts'
import { deleteMe } from './support/signed-in.ts'

const FORM = { username: 'ann@example.com', password: PASSWORD }

/** Every way in that there is, for somebody who has the right password and tokens from before. */
const waysIn = (tokens: TokenAnswer): Record<string, () => Promise<Response>> => ({
  password: () => people.tryToLogIn(),
  'known device': () => people.tryToLogIn({ device_token: tokens.device_token }),
  'password in a form': () => postForm('/auth/login', FORM),
  'password for a cookie': () => postJson('/login', FORM),
  refresh: () => people.refresh(tokens.refresh_token),
  'access token': () => people.me(tokens.access_token),
  'own sessions': () => call('/auth/sessions', { headers: bearer(tokens.access_token) }),
})

async function answersOf(tokens: TokenAnswer): Promise<Record<string, string>> {
  const answers: Record<string, string> = {}
  for (const [way, go] of Object.entries(waysIn(tokens))) {
    answers[way] = await codeOf(await go())
    await afterwork()
  }
  return answers
}

const byPassword = (code: string) => ({
  password: code,
  'known device': code,
  'password in a form': code,
  'password for a cookie': code,
})
const NO_TOKEN_OPENS = {
  refresh: '401 invalid_refresh_token',
  'access token': '401 invalid_access_token',
  'own sessions': '401 invalid_access_token',
}

describe('every way in obeys the same rules', () => {
  it('6.3.4 a disabled user gets in by none of them', async () => {
    const { userId, ...tokens } = await registerAndLogIn()
    await operatorRpc.disableUser({ userId })
    expect(await answersOf(tokens)).toEqual({ ...byPassword('403 account_disabled'), ...NO_TOKEN_OPENS })
    expect(await outcomeOf(authRpc.login({ client, ...FORM }))).toBe('account_disabled')
  })

  it('6.3.4 nor does a deleted user', async () => {
    const tokens = await registerAndLogIn()
    const gone = await deleteMe(tokens.access_token, { password: PASSWORD })
    expect(gone.status).toBe(204)
    await afterwork()
    expect(await answersOf(tokens)).toEqual({ ...byPassword('401 invalid_credentials'), ...NO_TOKEN_OPENS })
    expect(await outcomeOf(authRpc.login({ client, ...FORM }))).toBe('invalid_credentials')
  })

  it('6.3.4 a block holds on every path and in every spelling, and asks no more of who is in already', async () => {
    await register('ann@example.com', { username: 'annie' })
    const tokens = await people.logIn()
    await afterwork()
    // The network is known after this log-in, so it is the budget of the pair that is spent.
    for (let count = 0; count < 5; count++) await people.tryToLogIn({ password: 'wrong horse battery' })
    await afterwork()
    const { 'known device': known, ...answers } = await answersOf(tokens)
    expect(known).toBe('200 undefined')
    expect(answers).toEqual({
      password: '429 too_many_attempts',
      'password in a form': '429 too_many_attempts',
      'password for a cookie': '429 too_many_attempts',
      refresh: '200 undefined',
      'access token': '200 undefined',
      'own sessions': '200 undefined',
    })
    expect((await people.tryToLogIn({ username: 'ANN@Example.com' })).status).toBe(429)
    const here = { ...client, address: ADDRESS }
    expect(await outcomeOf(authRpc.login({ client: here, ...FORM }))).toBe('too_many_attempts')
  })
})

describe('no answer tells who is registered', () => {
  /** Everything that a caller sees but what is made anew for each request. */
  async function seen(response: Response) {
    const headers = [...response.headers].filter(([name]) => name !== 'x-request-id')
    return { status: response.status, headers: Object.fromEntries(headers), body: await response.text() }
  }

  const guesses: [string, object][] = [
    ['an unknown address', { username: 'nobody@example.com' }],
    ['an unknown username', { username: 'nobody' }],
    ['what nobody can be called', { username: 'two words' }],
    ['a disabled user', { username: 'dora@example.com' }],
    ['a user without a password', { username: 'paul@example.com' }],
    ['a hash that nobody can read', { username: 'hans@example.com' }],
    ['in a cookie', { transport: 'cookie', username: 'nobody@example.com' }],
  ]

  it.each(guesses)('6.3.8 logging in as %s is answered like a wrong password', async (_, fields) => {
    for (const name of ['ann', 'dora', 'paul', 'hans']) await register(`${name}@example.com`)
    await sql()`update users set status = 'disabled' where email = 'dora@example.com'`
    await sql()`update users set password_hash = null where email = 'paul@example.com'`
    await sql()`update users set password_hash = '$md5$what' where email = 'hans@example.com'`
    const wrong = await seen(await people.tryToLogIn({ password: 'wrong horse battery' }))
    expect(wrong.status).toBe(401)
    expect(await seen(await people.tryToLogIn({ password: 'wrong horse battery', ...fields }))).toEqual(wrong)
  })

  it('6.3.8 so is the one guess too many', async () => {
    await register()
    const spend = async (username: string) => {
      for (let count = 0; count < 5; count++)
        await people.tryToLogIn({ username, password: 'wrong' }, from('192.0.2.7'))
      await afterwork()
      const { headers, ...rest } = await seen(
        await people.tryToLogIn({ username, password: 'wrong' }, from('192.0.2.7')),
      )
      const { 'retry-after': seconds, ...others } = headers
      expect(Number(seconds)).toBeGreaterThan(290)
      return { ...rest, others }
    }
    expect(await spend('nobody@example.com')).toEqual(await spend('ann@example.com'))
  })
})

describe('look-alike spellings', () => {
  const SPELLINGS = [
    ['as it is', 'ann.k@example.com'],
    ['in capitals', 'ANN.K@EXAMPLE.COM'],
    ['with the Kelvin sign', 'ann.\u212a@example.com'],
    ['in full width', '\uff41\uff4e\uff4e.\uff4b@example.com'],
    ['with an ideographic full stop', 'ann.k@example\u3002com'],
    ['with a letter in a circle', 'ann.k@\u24d4xample.com'],
    ['with spaces around', ' ann.k@example.com '],
  ] as const

  it.each(SPELLINGS)('web-unicode an address %s is the same person', async (_, spelling) => {
    await register('ann.k@example.com')
    expect((await people.tryToLogIn({ username: spelling })).status).toBe(200)
    const again = await postJson('/auth/register', { email: spelling, password: PASSWORD })
    expect(await codeOf(again)).toBe('409 identifier_taken')
  })

  it('web-unicode all spellings share one budget', async () => {
    await register('ann.k@example.com')
    const guess = async (username: string) =>
      (await people.tryToLogIn({ username, password: 'wrong' }, from('192.0.2.7'))).status
    const answers = []
    for (const [, spelling] of SPELLINGS) answers.push(await guess(spelling))
    expect(answers).toEqual([401, 401, 401, 401, 401, 429, 429])
  })

  it.each([
    ['a Cyrillic a', '\u0430nn@example.com'],
    ['a right-to-left override', 'ann\u202e@example.com'],
    ['a lone surrogate', 'ann\ud800@example.com'],
    ['NUL', 'ann\u0000@example.com'],
  ])('web-unicode %s registers nobody, and logs nobody in', async (_, email) => {
    for (const name of ['ann', 'ida']) await register(`${name}@example.com`)
    const response = await postJson('/auth/register', { email, password: PASSWORD })
    expect(await codeOf(response)).toBe('422 invalid_body')
    expect([401, 422]).toContain((await people.tryToLogIn({ username: email })).status)
  })

  it.each([
    ['MASSE', 'Ma\u00dfe'],
    ['\u03c3\u03af\u03c3\u03c5\u03c6\u03bf\u03c2', '\u03a3\u038a\u03a3\u03a5\u03a6\u039f\u03a3'],
  ])('web-unicode the usernames %j and %j are one', async (one, other) => {
    await register('ann@example.com', { username: one })
    const response = await postJson('/auth/register', { email: 'eve@example.com', username: other, password: PASSWORD })
    expect(await codeOf(response)).toBe('409 identifier_taken')
    expect((await people.tryToLogIn({ username: other })).status).toBe(200)
  })
})

describe('a borrowed name', () => {
  it.each(['ann@example.com', 'ANN@example.com', 'ann@example\uff0ecom', 'new@example.com', 'ann\uff20example.com'])(
    'web-borrowed-name nobody is called %j but the owner of that address',
    async (username) => {
      await register()
      const registered = await postJson('/auth/register', { email: 'eve@example.com', username, password: PASSWORD })
      expect(await codeOf(registered)).toBe('422 invalid_body')
      const eve = await registerAndLogIn('eve@example.com')
      expect(await codeOf(await ask('PATCH', '/auth/me', eve.access_token, { body: { username } }))).toBe(
        '422 invalid_body',
      )
      expect((await people.logIn({ username: 'ann@example.com' })).access_token).not.toBe('')
    },
  )
})
