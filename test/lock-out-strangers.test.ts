import { describe, expect, it, vi } from 'vitest'
import { postJson } from './support/api.ts'
import { guessWrong, HERE, hashesOf, WRONG } from './support/guessing.ts'
import { many, statuses } from './support/many.ts'
import { from, PASSWORD, people, register, serviceWith } from './support/people.ts'
import { sqlRequestsOf } from './support/switchboard.ts'

describe('6.3.1 no lock-out of strangers', { timeout: 60_000 }, () => {
  const cookieOf = (response: Response) =>
    /__Host-postern_device=[^;]+/.exec(response.headers.get('set-cookie') ?? '')?.[0]

  /** The owner's devices: one that keeps the value, one that keeps the cookie, and an old client at a known network. */
  async function owner() {
    await register()
    const { device_token } = await people.logIn({}, from('203.0.113.50'))
    const cookie = cookieOf(
      await postJson('/login', { username: 'ann@example.com', password: PASSWORD }, from('203.0.113.51')),
    )
    expect(cookie).toBeTruthy()
    return { device_token, cookie: cookie ?? '' }
  }

  async function getsIn({ device_token, cookie }: Awaited<ReturnType<typeof owner>>, address: Record<string, string>) {
    const byBody = await people.tryToLogIn({ device_token }, address)
    const byCookie = await people.tryToLogIn({}, { ...address, cookie })
    return [byBody.status, byCookie.status]
  }

  it('a thousand wrong from a hundred addresses keep known devices and a known network in', async () => {
    const devices = await owner()
    // A line of the log for each of them would take longer than all the rest.
    vi.spyOn(console, 'log').mockImplementation(() => {})
    let answers: Response[] = []
    const flood = async () => {
      for (let round = 0; round < 10; round++) {
        answers = [...answers, ...(await many(100, (n) => people.tryToLogIn(WRONG, from(`198.51.100.${n + 1}`))))]
      }
    }
    expect(await hashesOf(flood)).toBe(50)
    expect(statuses(answers)).toEqual({ 401: 50, 429: 950 })
    expect((await people.tryToLogIn({}, from('192.0.2.77'))).status).toBe(429)
    expect(await getsIn(devices, from('192.0.2.78'))).toEqual([200, 200])
    expect(await getsIn(devices, from('198.51.100.1'))).toEqual([200, 200])
    expect((await people.tryToLogIn({}, from('203.0.113.51'))).status).toBe(200)
  })

  it.each<Record<string, string>>([{ MAX_ACCOUNT_ATTEMPTS: '100' }, { MAX_ACCOUNT_CHECKS: '10' }])(
    'all of an account’s attempts spent at once by strangers keep a known device in, with %o',
    async (settings) => {
      vi.useFakeTimers({ toFake: ['Date'] })
      await register()
      const { tryToLogIn, logIn } = serviceWith(settings)
      const { device_token } = await logIn({}, from('192.0.2.250'))
      for (let n = 0; n < 120; n++) await tryToLogIn(WRONG, from(`198.51.${Math.floor(n / 5)}.1`))
      expect((await tryToLogIn({ device_token }, from('192.0.2.250'))).status).toBe(200)
    },
  )

  it('a device of another account buys five reads over all accounts, and then nothing', async () => {
    await register('bob@example.com')
    const { device_token } = await people.logIn({ username: 'bob@example.com' }, from('203.0.113.60'))
    const answers: number[] = []
    const knock = async () => {
      const n = answers.length
      const fields = { ...WRONG, username: `user${n}@example.com`, device_token }
      answers.push((await people.tryToLogIn(fields, from(`192.0.2.${n + 1}`))).status)
    }
    for (let n = 0; n < 5; n++) expect(await sqlRequestsOf(knock)).toBe(1)
    for (let n = 0; n < 2; n++) expect(await sqlRequestsOf(knock)).toBe(0)
    expect(answers).toEqual([401, 401, 401, 401, 401, 429, 429])
  })

  it.each<[string, (devices: { device_token: string }) => Promise<string>]>([
    [
      'of another account',
      async () => {
        await register('bob@example.com')
        return (await people.logIn({ username: 'bob@example.com' }, from('203.0.113.60'))).device_token
      },
    ],
    [
      'from before a password change',
      async ({ device_token }) => {
        const { access_token } = await people.logIn({}, from('203.0.113.50'))
        expect((await people.changePassword(access_token, 'battery staple horse')).status).toBe(204)
        return device_token
      },
    ],
    ['that is forged', async ({ device_token }) => `${device_token.slice(0, -2)}AA`],
  ])('a device %s opens no way of its own', async (_, tokenOf) => {
    const device_token = await tokenOf(await owner())
    await guessWrong(5)
    expect((await people.tryToLogIn({ device_token }, HERE)).status).toBe(429)
  })
})
