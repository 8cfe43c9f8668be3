import { beforeEach, describe, expect, it, vi } from 'vitest'
import { afterwork } from './support/after-work.ts'
import { from, register, serviceWith } from './support/people.ts'

const HOUR = 60 * 60
const DAY = 24 * HOUR
const [HOME, OFFICE, STRANGER] = ['198.51.100.1', '198.51.100.2', '192.0.2.9']

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  await register()
  await afterwork()
})

async function wait(seconds: number) {
  await afterwork()
  vi.setSystemTime(Date.now() + seconds * 1_000)
}

describe('one account from all addresses', () => {
  const far = (host: number) => `192.0.2.${host}`

  it('ACCOUNT_THROTTLE_SECONDS is the first wait, and ACCOUNT_THROTTLE_MAX_SECONDS the longest', async () => {
    const { guess } = serviceWith({
      MAX_ACCOUNT_ATTEMPTS: '1',
      ACCOUNT_THROTTLE_SECONDS: '10',
      ACCOUNT_THROTTLE_MAX_SECONDS: '25',
    })
    expect(await guess(far(1))).toBe('401')
    for (const [host, seconds] of [
      [2, 10],
      [3, 20],
      [4, 25],
      [5, 25],
    ] as const) {
      expect(await guess(far(host))).toBe(`429 ${seconds}`)
      await wait(seconds)
      expect(await guess(far(host))).toBe('401')
    }
  })

  it.each([
    ['1', '401'],
    ['3', '429 30'],
  ])('ACCOUNT_WINDOW_HOURS=%s: two hours later, a second guess is %s', async (hours, expected) => {
    const { guess } = serviceWith({ ACCOUNT_WINDOW_HOURS: hours, MAX_ACCOUNT_ATTEMPTS: '2' })
    await guess(far(1))
    await wait(2 * HOUR)
    expect(await guess(far(2))).toBe('401')
    expect(await guess(far(3))).toBe(expected)
  })
})

describe('a device or a network that was there before', () => {
  it('MAX_DEVICE_ATTEMPTS close a known device for DEVICE_BLOCK_TIME, and nothing else', async () => {
    const { guess, logIn, tryToLogIn } = serviceWith({ MAX_DEVICE_ATTEMPTS: '2', DEVICE_BLOCK_TIME: '80' })
    const { device_token } = await logIn({}, from(HOME))
    const withDevice = () => guess(HOME, { device_token })
    expect([await withDevice(), await withDevice(), await withDevice()]).toEqual(['401', '401', '429 80'])
    expect((await tryToLogIn({}, from(HOME))).status).toBe(200)
    await wait(80)
    expect((await tryToLogIn({ device_token }, from(HOME))).status).toBe(200)
  })

  it.each([
    ['1', [429, 200]],
    ['2', [200, 200]],
  ])('KNOWN_NETWORKS=%s: under attack, the first and the second network are answered %j', async (most, expected) => {
    const { guess, logIn, tryToLogIn } = serviceWith({ KNOWN_NETWORKS: most, MAX_ACCOUNT_ATTEMPTS: '1' })
    await logIn({}, from(HOME))
    await wait(1)
    await logIn({}, from(OFFICE))
    await afterwork()
    await guess(STRANGER)
    const statusFrom = async (address: string) => (await tryToLogIn({}, from(address))).status
    expect([await statusFrom(HOME), await statusFrom(OFFICE)]).toEqual(expected)
  })

  it.each([
    ['1', 429],
    ['3', 200],
  ])('KNOWN_NETWORK_DAYS=%s: two days later, under attack, the network is answered %i', async (days, expected) => {
    const { guess, logIn, tryToLogIn } = serviceWith({ KNOWN_NETWORK_DAYS: days, MAX_ACCOUNT_ATTEMPTS: '1' })
    await logIn({}, from(HOME))
    await wait(2 * DAY)
    await guess(STRANGER)
    expect((await tryToLogIn({}, from(HOME))).status).toBe(expected)
  })
})
