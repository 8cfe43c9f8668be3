import { describe, expect, it } from 'vitest'
import { afterwork } from './support/after-work.ts'
import { guessWrong, HERE, hashesOf, letPass, WRONG, waitOf } from './support/guessing.ts'
import { many, statuses } from './support/many.ts'
import { codeOf, from, people, register, workerClient } from './support/people.ts'
import { wrapped } from './support/wrapped-env.ts'

describe('6.3.1 the count is exact', { timeout: 60_000 }, () => {
  it('200 parallel wrong guesses from one address: five hashes are computed, and none after an eviction', async () => {
    await register()
    const watch = wrapped()
    const stranger = workerClient(watch.env)
    let answers: Response[] = []
    const burst = async () => {
      answers = await many(200, () => stranger.tryToLogIn(WRONG, HERE))
    }
    expect(await hashesOf(burst)).toBe(5)
    expect(statuses(answers)).toEqual({ 401: 5, 429: 195 })
    await watch.evictAll()
    expect(await hashesOf(burst)).toBe(0)
    expect(statuses(answers)).toEqual({ 429: 200 })
    expect(Math.min(...answers.map(waitOf))).toBeGreaterThan(200)
  })

  it('evicted again and again in the middle of the burst, it still counts to five', async () => {
    await register()
    const watch = wrapped()
    const stranger = workerClient(watch.env)
    const rounds = async () => {
      for (let round = 0; round < 8; round++) {
        await Promise.all([many(25, () => stranger.tryToLogIn(WRONG, HERE)), round ? watch.evictAll() : null])
      }
    }
    expect(await hashesOf(rounds)).toBe(5)
  })

  it('for somebody who does not exist it is the same five', async () => {
    expect(await hashesOf(() => many(50, () => people.tryToLogIn(WRONG, HERE)))).toBe(5)
  })

  it('right passwords among 200 wrong ones do not widen it', async () => {
    await register()
    const mixed = () => many(200, (n) => people.tryToLogIn(n === 2 ? {} : WRONG, HERE))
    expect(await hashesOf(mixed)).toBeLessThanOrEqual(10)
  })
})

describe('6.3.1 by address', { timeout: 30_000 }, () => {
  it('MAX_LOGIN_ATTEMPTS+1 is 429, for LOGIN_BLOCK_TIME, which falls as time passes, and then one gets in', async () => {
    const settings = { MAX_LOGIN_ATTEMPTS: '3', LOGIN_BLOCK_TIME: '120' }
    await register()
    const who = workerClient(wrapped(settings).env)
    expect(await guessWrong(4, undefined, who)).toEqual([401, 401, 401, 429])
    const blocked = await who.tryToLogIn({}, HERE)
    expect([await codeOf(blocked.clone()), waitOf(blocked) > 115]).toEqual(['429 too_many_attempts', true])
    letPass(60)
    const later = await who.tryToLogIn({}, HERE)
    expect([later.status, waitOf(later) > 50, waitOf(later) <= 60]).toEqual([429, true, true])
    await afterwork()
    letPass(waitOf(later))
    expect((await who.tryToLogIn({}, HERE)).status).toBe(200)
  })

  it('asking while it is blocked does not prolong it', async () => {
    await register()
    await guessWrong(5)
    letPass(150)
    expect(await guessWrong(10)).toEqual(Array(10).fill(429))
    letPass(151)
    expect((await people.tryToLogIn({}, HERE)).status).toBe(200)
  })

  it('the right password after four wrong ones clears them', async () => {
    await register()
    for (let round = 0; round < 3; round++) {
      expect(await guessWrong(4)).toEqual([401, 401, 401, 401])
      expect((await people.tryToLogIn({}, HERE)).status).toBe(200)
      await afterwork()
    }
  })

  it('another address and another account are not concerned', async () => {
    await register()
    await register('bob@example.com')
    await guessWrong(6)
    expect((await people.tryToLogIn({}, from('192.0.2.2'))).status).toBe(200)
    expect((await people.tryToLogIn({ username: 'bob@example.com' }, HERE)).status).toBe(200)
  })

  it('MAX_ADDRESS_ATTEMPTS over all accounts, for ADDRESS_BLOCK_TIME; registering is held by it too', async () => {
    const who = workerClient(wrapped({ MAX_ADDRESS_ATTEMPTS: '4', ADDRESS_BLOCK_TIME: '60' }).env)
    const guess = (n: number) => who.tryToLogIn({ ...WRONG, username: `u${n}@example.com` }, HERE)
    for (let n = 0; n < 3; n++) expect((await guess(n)).status).toBe(401)
    expect((await who.register('ann@example.com', {}, HERE)).status).toBe(201)
    await afterwork()
    const refused = await who.register('bob@example.com', {}, HERE)
    expect([refused.status, waitOf(refused) > 55]).toEqual([429, true])
    expect((await who.tryToLogIn({}, HERE)).status).toBe(429)
    expect((await who.register('bob@example.com', {}, from('192.0.2.2'))).status).toBe(201)
    await afterwork()
    letPass(61)
    expect((await who.register('eve@example.com', {}, HERE)).status).toBe(201)
  })

  it('IPv6 by /64: all its addresses are one', async () => {
    await register()
    const inside = (n: number) => from(`2001:db8:1:2:${(n * 4099).toString(16)}::${n + 1}`)
    expect(await guessWrong(6, inside)).toEqual([401, 401, 401, 401, 401, 429])
    expect((await people.tryToLogIn({}, from('2001:DB8:1:2::'))).status).toBe(429)
    expect((await people.tryToLogIn({}, from('2001:db8:1:3::1'))).status).toBe(200)
  })
})

it('6.3.1 by account: MAX_ACCOUNT_ATTEMPTS from many addresses: then one in 30 seconds, and then more rarely', {
  timeout: 60_000,
}, async () => {
  await register()
  const who = workerClient(wrapped({ MAX_ACCOUNT_ATTEMPTS: '8' }).env)
  const elsewhere = (n: number) => from(`198.51.100.${n + 1}`)
  expect(await guessWrong(9, elsewhere, who)).toEqual([...Array(8).fill(401), 429])
  letPass(31)
  expect(await guessWrong(2, (n) => elsewhere(n + 20), who)).toEqual([401, 429])
  letPass(31)
  expect(await guessWrong(1, () => elsewhere(40), who)).toEqual([429])
  letPass(31)
  expect((await who.tryToLogIn({}, elsewhere(41))).status).toBe(200)
})
