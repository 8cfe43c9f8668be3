import { describe, expect, it, vi } from 'vitest'
import { afterwork } from './support/after-work.ts'
import { complaintsSoFar } from './support/each.ts'
import { many, statuses } from './support/many.ts'
import {
  codeOf,
  from,
  PASSWORD,
  people,
  registerAndLogIn,
  sessionsIn,
  type TokenAnswer,
  workerClient,
} from './support/people.ts'
import { sql } from './support/rows.ts'
import { wrapped } from './support/wrapped-env.ts'

const BY_USERNAME = { email: undefined, username: 'ann@example.com' }
const NEW = 'battery staple horse'

/** As a client does that is told to come again. */
async function insist(ask: () => Promise<Response>): Promise<Response> {
  for (let tries = 0; tries < 50; tries++) {
    const response = await ask()
    if (response.status !== 503) return response
    expect(response.headers.get('retry-after')).toMatch(/^\d+$/)
  }
  throw new Error('503 for ever')
}

const livesOf = async (answers: TokenAnswer[]) =>
  (await Promise.all(answers.map(({ access_token }) => people.me(access_token)))).map(({ status }) => status === 200)

describe('50 parallel right log-ins', { timeout: 30_000 }, () => {
  it('7.1.2 from 50 addresses: all get in, and exactly MAX_ACTIVE_SESSIONS live, the newest', async () => {
    const first = await registerAndLogIn()
    await afterwork()
    const responses = await many(50, (n) => insist(() => people.tryToLogIn({}, from(`198.51.100.${n + 1}`))))
    complaintsSoFar()
    expect(statuses(responses)).toEqual({ 200: 50 })
    const answers = await Promise.all(responses.map((response) => response.json<TokenAnswer>()))
    const lives = await livesOf(answers)
    expect(lives.filter(Boolean)).toHaveLength(5)
    expect(await livesOf([first])).toEqual([false])
    const survivor = answers[lives.indexOf(true)]
    const sessions = await sessionsIn(await people.list(survivor?.access_token ?? ''))
    expect(sessions).toHaveLength(5)
    const refreshed = await Promise.all(answers.map(({ refresh_token }) => people.refresh(refresh_token)))
    expect(refreshed.map(({ status }) => status === 200)).toEqual(lives)
    const last = await people.logIn()
    expect((await sessionsIn(await people.list(last.access_token))).map(({ id }) => id)).not.toContain(sessions[0]?.id)
  })

  it('7.1.2 MAX_ACTIVE_SESSIONS with SESSION_LIMIT_POLICY=refuse: exactly so many live, the rest is told so', async () => {
    const strict = workerClient(wrapped({ MAX_ACTIVE_SESSIONS: '3', SESSION_LIMIT_POLICY: 'refuse' }).env)
    await strict.register()
    const responses = await many(50, (n) => insist(() => strict.tryToLogIn({}, from(`198.51.100.${n + 1}`))))
    complaintsSoFar()
    expect(statuses(responses)).toEqual({ 200: 3, 409: 47 })
    const answers = await Promise.all(
      responses.filter(({ status }) => status === 200).map((response) => response.json<TokenAnswer>()),
    )
    expect(await livesOf(answers)).toEqual([true, true, true])
    expect(await codeOf(await strict.tryToLogIn())).toBe('409 session_limit_reached')
    await people.logOut(answers[0]?.access_token ?? '')
    expect((await strict.tryToLogIn()).status).toBe(200)
  })

  it('6.3.1 from one address: every refusal is 429 for one second, and afterwards nobody is blocked', async () => {
    await people.register()
    const responses = await many(50, () => people.tryToLogIn())
    const counted = statuses(responses)
    expect(Object.keys(counted)).toEqual(['200', '429'])
    const refused = responses.filter(({ status }) => status === 429)
    expect(new Set(refused.map(({ headers }) => headers.get('retry-after')))).toEqual(new Set(['1']))
    await afterwork()
    for (let again = 0; again < 8; again++) {
      expect((await people.tryToLogIn()).status).toBe(200)
      await afterwork()
    }
  })
})

describe('20 parallel refreshes with one token', { timeout: 30_000 }, () => {
  it('give one and the same successor, which works', async () => {
    const { refresh_token } = await registerAndLogIn()
    const responses = await many(20, () => people.refresh(refresh_token))
    expect(statuses(responses)).toEqual({ 200: 20 })
    const answers = await Promise.all(responses.map((response) => response.json<TokenAnswer>()))
    const successors = new Set(answers.map((answer) => answer.refresh_token))
    expect(successors.size).toBe(1)
    expect(await livesOf(answers)).not.toContain(false)
    const [successor = ''] = successors
    expect((await people.refresh(successor)).status).toBe(200)
  })

  it.each([
    ['after REFRESH_GRACE_SECONDS, when the successor has been used', 'second', 10],
    ['after a minute, when only the access token of before has been used', 'first', 60],
    ['after a minute, when nobody has seen the successor', 'none', 60],
  ])('the same token %s ends the session', async (_, used, seconds) => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const first = await registerAndLogIn()
    const second = await (await people.refresh(first.refresh_token)).json<TokenAnswer>()
    if (used !== 'none') expect((await people.me((used === 'first' ? first : second).access_token)).status).toBe(200)
    vi.setSystemTime(Date.now() + seconds * 1_000 - 1)
    expect((await people.refresh(first.refresh_token)).status).toBe(200)
    vi.setSystemTime(Date.now() + 1)
    const responses = await many(20, () => people.refresh(first.refresh_token))
    expect(statuses(responses)).toEqual({ 401: 20 })
    expect((await people.refresh(second.refresh_token)).status).toBe(401)
    expect(await codeOf(await people.me(second.access_token))).toBe('401 invalid_access_token')
  })
})

describe('a refresh that races a log-out', { timeout: 30_000 }, () => {
  const outlived = async (tokens: TokenAnswer, raced: Response): Promise<boolean> => {
    const answers = raced.status === 200 ? [tokens, await raced.json<TokenAnswer>()] : [tokens]
    const tries = answers.flatMap(({ access_token, refresh_token }) => [
      people.me(access_token),
      people.refresh(refresh_token),
    ])
    return (await Promise.all(tries)).some(({ status }) => status !== 401)
  }

  const ORDERS = [
    ['refresh', 'leave', 'again'],
    ['refresh', 'again', 'leave'],
    ['leave', 'refresh', 'again'],
    ['leave', 'again', 'refresh'],
    ['again', 'refresh', 'leave'],
    ['again', 'leave', 'refresh'],
  ] as const

  /** Two refreshes and a log-out, each before the door of the session object, until it is told to go on. */
  async function atTheDoor(tokens: TokenAnswer, body: object) {
    const held = async (ask: (who: typeof people) => Promise<Response>) => {
      const watch = wrapped()
      const { reached, goOn } = watch.hold('UserSessions')
      const answer = ask(workerClient(watch.env))
      await reached
      return { answer, goOn }
    }
    return {
      refresh: await held((who) => who.refresh(tokens.refresh_token)),
      leave: await held((who) => who.logOut(tokens.access_token, body)),
      again: await held((who) => who.refresh(tokens.refresh_token)),
    }
  }

  it.each(ORDERS)('never outlives it, nor do two of them: %s, %s, %s', async (...order) => {
    await people.register()
    for (const body of [{}, { all: true }])
      for (const oneByOne of [true, false]) {
        const tokens = await people.logIn()
        const waiting = await atTheDoor(tokens, body)
        for (const name of order) {
          waiting[name].goOn()
          if (oneByOne) await waiting[name].answer
        }
        expect((await waiting.leave.answer).status).toBe(200)
        for (const { answer } of [waiting.refresh, waiting.again])
          expect(await outlived(tokens, await answer)).toBe(false)
      }
  })
})

describe('of 20 at once there is one consistent outcome', { timeout: 30_000 }, () => {
  it.each<[string, (n: number) => [string, object], number]>([
    ['name', (n) => [`user${n}@example.com`, { username: n % 2 ? 'Ann' : 'ANN' }], 2],
    ['address, a username to half of them', (n) => ['Ann@example.com', n % 2 ? BY_USERNAME : {}], 1],
  ])('registrations of one %s', async (_, about, names) => {
    expect(statuses(await many(20, (n) => people.register(...about(n))))).toEqual({ 201: 1, 409: 19 })
    expect(await sql()`select count(*)::int as users from users`).toEqual([{ users: 1 }])
    expect(await sql()`select count(*)::int as names from identifiers`).toEqual([{ names }])
    expect((await people.tryToLogIn({ username: 'ann@example.com' })).status).toBe(names === 1 ? 200 : 401)
  })

  it('password changes: one new password opens, and of the other sessions none lives', async () => {
    await people.register()
    const sessions = [await people.logIn(), await people.logIn(), await people.logIn(), await people.logIn()]
    const roomy = workerClient(wrapped({ MAX_LOGIN_ATTEMPTS: '100' }).env)
    const responses = await many(20, (n) => roomy.changePassword(sessions[n % 4]?.access_token ?? '', `${NEW} ${n}`))
    const winners = responses.flatMap(({ status }, n) => (status === 204 ? [n] : []))
    expect(winners).toHaveLength(1)
    expect(responses.filter(({ status }) => ![204, 401, 403].includes(status))).toEqual([])
    const [winner = -1] = winners
    const lives = await livesOf(sessions)
    expect(lives.map((lives, n) => lives && n !== winner % 4)).toEqual([false, false, false, false])
    expect(lives[winner % 4]).toBe(true)
    const opened = await many(20, (n) => roomy.tryToLogIn({ password: `${NEW} ${n}` }, from(`198.51.100.${n + 1}`)))
    expect(opened.map(({ status }) => status === 200)).toEqual(responses.map(({ status }) => status === 204))
    expect((await people.tryToLogIn({}, from('192.0.2.9'))).status).toBe(401)
  })

  it('claims of one username: one has it, and who was refused goes by the old name', async () => {
    const all: TokenAnswer[] = []
    for (let n = 0; n < 6; n++) all.push(await registerAndLogIn(`user${n}@example.com`))
    const responses = await Promise.all(
      all.map(({ access_token }) => people.changeProfile(access_token, { username: 'thename' })),
    )
    expect(statuses(responses)).toEqual({ 200: 1, 409: 5 })
    const shown = await Promise.all(all.map(async ({ access_token }) => (await people.me(access_token)).json()))
    const names = (shown as { username: string }[]).map(({ username }) => username)
    expect(names.filter((name) => name === 'thename')).toHaveLength(1)
    expect(names.filter((name) => /^user\d@example\.com$/.test(name))).toHaveLength(5)
    expect(await sql()`select count(*)::int as names from identifiers where kind = 'username'`).toEqual([{ names: 1 }])
    expect((await people.tryToLogIn({ username: 'thename' })).status).toBe(200)
  })

  it('deletions, password changes and new names: either the user is gone or one change stands, and nothing breaks', async () => {
    for (let round = 0; round < 4; round++) {
      // Whose password was changed beneath them has guessed wrong, more often or less: no limit is in the way of the next round.
      const roomy = workerClient(wrapped({ MAX_LOGIN_ATTEMPTS: '100' }).env)
      expect((await roomy.register()).status).toBe(201)
      const { access_token } = await roomy.logIn()
      const asked = [
        () => roomy.deleteAccount(access_token),
        () => roomy.changePassword(access_token, NEW),
        () => roomy.changeProfile(access_token, { username: 'annie', full_name: 'Ann' }),
      ]
      const responses = await many(
        12,
        (n) => asked[(n + round) % 3]?.() ?? Promise.reject(new Error('no such request')),
      )
      expect(responses.filter(({ status }) => status >= 500).map(({ status }) => status)).toEqual([])
      const remaining = await sql()`select user_id from users`
      const password = responses.some(({ status }, n) => (n + round) % 3 === 1 && status === 204) ? NEW : PASSWORD
      const again = await roomy.tryToLogIn({ password })
      expect([remaining.length, again.status]).toEqual(remaining.length ? [1, 200] : [0, 401])
      if (remaining.length) await roomy.deleteAccount((await again.json<TokenAnswer>()).access_token, password)
    }
  })

  it('a user deleted between the look and the change of the profile is gone, and that is no 500', async () => {
    const { access_token } = await registerAndLogIn()
    const watch = wrapped()
    watch.watchSql()
    const { reached, goOn } = watch.hold('SQL')
    const changing = workerClient(watch.env).changeProfile(access_token, { username: 'annie' })
    await reached
    watch.off('SQL')
    expect((await people.deleteAccount(access_token)).status).toBe(204)
    goOn()
    expect(await codeOf(await changing)).toBe('401 invalid_access_token')
  })
})
