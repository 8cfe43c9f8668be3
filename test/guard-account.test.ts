import { beforeEach, describe, expect, it, vi } from 'vitest'
import { afterwork } from './support/after-work.ts'
import { HERE, hashesOf, letPass, WRONG, waitOf } from './support/guessing.ts'
import { inTurn, many, statuses } from './support/many.ts'
import { ask, bearer, codeOf, from, PASSWORD, people, register, serviceWith } from './support/people.ts'
import { sql } from './support/rows.ts'

const MINUTE = 60
const [BY_MAIL, BY_NAME] = [{ username: 'kim@example.com' }, { username: 'kimmie' }]

describe('6.3.1 an account has one budget, whatever it is called by', { timeout: 60_000 }, () => {
  beforeEach(() => register('kim@example.com', { username: 'kimmie' }))
  const guess = async (name: object, address = HERE) => (await people.tryToLogIn({ ...WRONG, ...name }, address)).status

  it('from one address: five in all by two names, and then neither opens', async () => {
    const tenGuesses = async () =>
      expect(await inTurn(10, (n) => guess(n % 2 ? BY_MAIL : BY_NAME))).toEqual([
        ...Array(5).fill(401),
        ...Array(5).fill(429),
      ])
    expect(await hashesOf(tenGuesses)).toBe(5)
    for (const name of [BY_MAIL, BY_NAME]) expect((await people.tryToLogIn(name, HERE)).status).toBe(429)
    expect((await people.tryToLogIn(BY_NAME, from('192.0.2.2'))).status).toBe(200)
  })

  it('from many addresses: MAX_ACCOUNT_ATTEMPTS in all by two names', async () => {
    const { guess } = serviceWith({ MAX_ACCOUNT_ATTEMPTS: '4' })
    const answers = await inTurn(5, (n) => guess(`192.0.2.${n + 10}`, n % 2 ? BY_MAIL : BY_NAME))
    expect(answers).toEqual(['401', '401', '401', '401', '429 30'])
  })

  it('where it gets in by one name, its network is known by the other', async () => {
    const { guess, tryToLogIn } = serviceWith({ MAX_ACCOUNT_ATTEMPTS: '1' })
    expect((await tryToLogIn(BY_MAIL, HERE)).status).toBe(200)
    await afterwork()
    await guess('192.0.2.10', BY_NAME)
    expect(await guess('192.0.2.11', BY_MAIL)).toBe('429 30')
    expect((await tryToLogIn(BY_NAME, HERE)).status).toBe(200)
  })

  it('names that are nobody’s are counted each by itself, and answered like somebody’s', async () => {
    for (const username of ['nobody@example.com', 'nobody'])
      expect(await inTurn(6, () => guess({ username }))).toEqual([401, 401, 401, 401, 401, 429])
  })
})

describe('6.3.1 over the day', { timeout: 120_000 }, () => {
  /** How many wrong guesses are evaluated within a day by somebody who tries as soon as the last refusal allows. */
  async function guessesInADay(guessAgain: () => Promise<Response>): Promise<number> {
    const begun = Date.now()
    let evaluated = 0
    while (Date.now() < begun + 24 * 60 * MINUTE * 1000) {
      const response = await guessAgain()
      if (response.status === 401) evaluated += 1
      else letPass(Math.max(1, waitOf(response)))
    }
    return evaluated
  }

  // Fifty, and then one every quarter of an hour at the most often: 50 + 96 with the first, shorter waits.
  const CAP = 50 + 100

  it.each([true, false])('a known network is not good for 1,440 guesses (known device: %s)', async (known) => {
    await register()
    const { device_token } = await people.logIn({}, HERE)
    vi.useFakeTimers({ toFake: ['Date'] })
    const guess = { ...WRONG, ...(known && { device_token }) }
    const evaluated = await guessesInADay(() => people.tryToLogIn(guess, HERE))
    expect(evaluated).toBeGreaterThan(50)
    expect(evaluated).toBeLessThanOrEqual(CAP)
  })
})

describe('how often passwords are checked, right or wrong', { timeout: 60_000 }, () => {
  const LIMITS = { MAX_ADDRESS_CHECKS: '12', MAX_ACCOUNT_CHECKS: '11', MAX_ACCOUNT_ATTEMPTS: '1' }
  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    await register()
    await register('bob@example.com')
  })
  const times = (count: number, one: () => Promise<Response>) => inTurn(count, async () => (await one()).status)
  const elevens = [...Array(11).fill(200), 429]

  it('MAX_ACCOUNT_CHECKS holds for right passwords from many addresses, and passes by itself', async () => {
    const { tryToLogIn } = serviceWith(LIMITS)
    let host = 0
    const logInElsewhere = () => tryToLogIn({}, from(`192.0.2.${++host}`))
    expect(await times(12, logInElsewhere)).toEqual(elevens)
    const refused = await logInElsewhere()
    expect([refused.status, waitOf(refused) > 290, waitOf(refused) <= 300]).toEqual([429, true, true])
    expect((await tryToLogIn({ username: 'bob@example.com' }, from('192.0.2.99'))).status).toBe(200)
    letPass(301)
    expect((await logInElsewhere()).status).toBe(200)
  })

  it('MAX_ACCOUNT_CHECKS holds for all devices of an account together', async () => {
    const { tryToLogIn, logIn } = serviceWith(LIMITS)
    const devices = [await logIn({}, from('192.0.2.1')), await logIn({}, from('192.0.2.2'))]
    let n = 0
    const logInAgain = () => {
      n += 1
      return tryToLogIn({ device_token: devices[n % 2]?.device_token }, from(`192.0.2.${n}`))
    }
    expect(await times(10, logInAgain)).toEqual([...Array(9).fill(200), 429])
  })

  it('MAX_ADDRESS_CHECKS holds for all accounts of an address together, devices included', async () => {
    const { tryToLogIn, logIn } = serviceWith(LIMITS)
    const { device_token } = await logIn({}, HERE)
    expect(await times(5, () => tryToLogIn({ device_token }, HERE))).toEqual(Array(5).fill(200))
    expect(await times(7, () => tryToLogIn({ username: 'bob@example.com' }, HERE))).toEqual([
      ...Array(6).fill(200),
      429,
    ])
    expect((await tryToLogIn({ device_token }, HERE)).status).toBe(429)
    expect((await tryToLogIn({ device_token }, from('192.0.2.2'))).status).toBe(200)
  })

  it('a refusal costs no hash, and what was refused elsewhere is given back to the address', async () => {
    const { tryToLogIn } = serviceWith({ ...LIMITS, MAX_ADDRESS_CHECKS: '14' })
    expect(await times(11, () => tryToLogIn({}, HERE))).toEqual(Array(11).fill(200))
    expect(await hashesOf(() => times(20, () => tryToLogIn({}, HERE)))).toBe(0)
    expect((await tryToLogIn({ username: 'bob@example.com' }, HERE)).status).toBe(200)
  })
})

describe('changes of one account', { timeout: 60_000 }, () => {
  let token = ''
  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    await register()
    token = (await people.logIn()).access_token
  })
  const rename = (full_name: string) => ask('PATCH', '/auth/me', token, { body: { full_name } })

  it('MAX_ACCOUNT_CHANGES of the profile in an hour, and then 429 with the time to wait', async () => {
    const answers = await inTurn(32, async (n) => (await rename(`Ann ${n}`)).status)
    expect(answers).toEqual([...Array(30).fill(200), 429, 429])
    const refused = await rename('Ann at last')
    expect([await codeOf(refused.clone()), waitOf(refused) > 3_500]).toEqual(['429 too_many_attempts', true])
    const rows = await sql()`select count(*)::int as many from outbox where type = 'user_updated'`
    expect(rows[0]?.many).toBeLessThanOrEqual(30 * 7)
  })

  it('thirty at once and one more: the count is exact', async () => {
    const answers = await many(40, (n) => rename(`Ann ${n}`))
    const counted = statuses(answers)
    expect([counted[200], counted[429]]).toEqual([30, 10])
  })

  it('saving what is so already is no change', async () => {
    const answers = await inTurn(40, async () => (await rename('Ann')).status)
    expect(answers).toEqual(Array(40).fill(200))
  })

  it('of the profile keep nobody with a session and no password in the way of a new password', async () => {
    for (let n = 0; n < 31; n++) await rename(`Ann ${n}`)
    expect((await rename('Ann at last')).status).toBe(429)
    expect((await people.changePassword(token, 'another long password')).status).toBe(204)
  })

  it('changes of the password are among them, a wrong one and a deletion are not', async () => {
    const { post } = serviceWith({ MAX_ACCOUNT_CHANGES: '2' })
    const change = async (current_password: string, new_password: string) => {
      const { status } = await post('/auth/password/change', { current_password, new_password }, bearer(token))
      await afterwork()
      return status
    }
    const next = (n: number) => `another long password ${n}`
    expect(await change('wrong horse battery', next(1))).toBe(403)
    expect([await change(PASSWORD, next(1)), await change(next(1), next(2)), await change(next(2), next(3))]).toEqual([
      204, 204, 429,
    ])
    expect((await people.deleteAccount(token, next(2))).status).toBe(204)
  })
})

it('6.3.8 asking for a username: counts for the address, as registering does: the 101st question is 429', {
  timeout: 60_000,
}, async () => {
  await register('bob@example.com', { username: 'taken' })
  await register()
  const { access_token } = await people.logIn()
  const here = { headers: from('192.0.2.77') }
  const asks = (username: string) => ask('PATCH', '/auth/me', access_token, { body: { username }, ...here })
  const answers = await inTurn(102, async () => (await asks('taken')).status)
  expect(answers).toEqual([...Array(100).fill(409), 429, 429])
  expect((await ask('PATCH', '/auth/me', access_token, { body: { full_name: 'Ann' }, ...here })).status).toBe(200)
})

describe('digits and mails by IPv6 network', { timeout: 60_000 }, () => {
  const subnet = (n: number) => from(`2001:db8:0:${n.toString(16)}::1`)

  const digits = (email: string) => ({ email, code: '000000', new_password: 'a long new password' })
  it.each<[string, Record<string, string>, string, (email: string) => object, number]>([
    ['wrong digits, ten', {}, '/auth/password/reset', digits, 20],
    ['MAX_ADDRESS_MAILS: mails', { MAX_ADDRESS_MAILS: '3' }, '/auth/password/forgot', (email) => ({ email }), 6],
    [
      'MAX_ADDRESS_ATTEMPTS: guesses',
      { MAX_ADDRESS_ATTEMPTS: '3' },
      '/auth/login',
      (username) => ({ username, ...WRONG }),
      6,
    ],
  ])('6.3.1 %s from a /64, twice as many from a /56', async (_, settings, path, body, many) => {
    await register()
    const { post } = serviceWith(settings)
    const ask = async (n: number) => (await post(path, body(`u${n}@example.com`), subnet(n))).status
    const answers = await inTurn(many + 2, ask)
    expect(answers).toEqual([...Array(many).fill(answers[0]), 429, 429])
    expect(await ask(256), 'another /56').toBe(answers[0])
  })
})
