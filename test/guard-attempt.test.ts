import { describe, expect, it } from 'vitest'
import { reserveAddress } from '../src/features/guard/attempt.ts'
import { GuardUnavailable } from '../src/features/guard/reservation.ts'
import { foreignDevice, guards, guess, isGranted, knownDevice, network } from './support/guards.ts'

const HERE = '192.0.2.1'

describe('6.3.1 what an attempt asks, and in which order', { timeout: 30_000 }, () => {
  it('address first; then the read, which tells whose account it is; then the account; settling follows', async () => {
    const g = guards()
    const way = await g.attempt(HERE)
    expect([g.calls, g.reads.count]).toEqual([['reserve network', 'reserve account'], 1])
    if (isGranted(way)) way.settle('right')
    await g.settled()
    expect(g.calls.slice(2)).toEqual(['right network', 'right account'])
  })

  it('a blocked address costs one call and no read, and never touches the account', async () => {
    const g = guards()
    for (let i = 0; i < 5; i++) await guess(g, HERE, 'wrong')
    g.calls.length = 0
    g.reads.count = 0
    expect(await g.attempt(HERE)).toMatchObject({ granted: false, pending: false })
    expect([g.calls, g.reads.count]).toEqual([['reserve network'], 0])
  })

  it('where the account refuses, the address gets its reservation back before the answer', async () => {
    const g = guards()
    for (let i = 0; i < 50; i++) await guess(g, `198.51.100.${i + 1}`, 'wrong')
    g.calls.length = 0
    for (let i = 0; i < 10; i++) expect(await g.attempt(HERE)).toMatchObject({ granted: false, pending: false })
    expect(g.calls.slice(0, 3)).toEqual(['reserve network', 'reserve account', 'void network'])
    expect((await g.attempt(HERE, { identifier: 'bob', subjectOf: () => 'B' })).granted).toBe(true)
  })

  it('registering spends what the address has, and no pair', async () => {
    const g = guards()
    for (let i = 0; i < 100; i++) {
      const way = await reserveAddress(g.deps, network(HERE))
      if (way.granted) way.settle('wrong')
    }
    await g.settled()
    expect(await reserveAddress(g.deps, network(HERE))).toMatchObject({ granted: false, pending: false })
    expect((await g.attempt(HERE)).granted).toBe(false)
    expect(new Set(g.calls)).toEqual(new Set(['reserve network', 'wrong network']))
  })

  it('a session has one more budget, over all addresses', async () => {
    const g = guards()
    const from = (index: number) => guess(g, `192.0.2.${index}`, 'wrong', { session: 's1' })
    const tried = []
    for (let index = 1; index <= 6; index++) tried.push(await from(index))
    expect(tried).toEqual([true, true, true, true, true, false])
  })
})

describe('when something is down', () => {
  it('the read: the reservation is back before the error is out, so it blocks nobody', async () => {
    const g = guards()
    g.reads.fail = true
    for (let i = 0; i < 20; i++) await expect(g.attempt(HERE)).rejects.toThrow('the database is down')
    expect(g.calls.slice(0, 2)).toEqual(['reserve network', 'void network'])
    g.reads.fail = false
    expect(await Promise.all([1, 2, 3, 4, 5].map(() => guess(g, HERE, 'right')))).not.toContain(false)
  })

  it.each(['network', 'account', 'device'])('the guard of the %s: fails closed, asked once', async (kind) => {
    const g = guards()
    g.broken.add(`reserve ${kind}`)
    const rest = kind === 'device' ? { device: knownDevice } : {}
    await expect(g.attempt(HERE, rest)).rejects.toBeInstanceOf(GuardUnavailable)
    expect(g.calls.filter((call) => call === `reserve ${kind}`)).toHaveLength(1)
    g.broken.clear()
    expect(await Promise.all([1, 2, 3, 4, 5].map(() => guess(g, HERE, 'right')))).not.toContain(false)
  })

  it('a void that fails changes no answer', async () => {
    const g = guards()
    g.broken.add('void network')
    g.reads.fail = true
    await expect(g.attempt(HERE)).rejects.toThrow('the database is down')
  })

  it('a caller that cannot hash returns what it holds', async () => {
    const g = guards()
    for (let i = 0; i < 10; i++) {
      const way = await g.attempt(HERE)
      expect(way.granted).toBe(true)
      if (isGranted(way)) await way.release()
    }
  })
})

describe('6.3.1 a device that was here before', () => {
  it('asks its own guard, and beside it how many passwords address and account have checked', async () => {
    const g = guards()
    expect(await guess(g, HERE, 'right', { device: knownDevice })).toBe(true)
    const asked = ['reserve device', 'reserve network', 'reserve account']
    expect(g.calls).toEqual([...asked, 'right device', 'right account'])
    g.calls.length = 0
    expect(await guess(g, HERE, 'wrong', { device: knownDevice })).toBe(true)
    expect(g.calls, 'a wrong guess tells the account nothing').toEqual([...asked, 'wrong device'])
  })

  it('a foreign one buys five reads over all accounts, and then nothing; the ordinary way reads no second time', async () => {
    const g = guards()
    const tried = []
    for (let i = 0; i < 20; i++) {
      tried.push(await guess(g, `192.0.2.${i + 1}`, 'wrong', { device: foreignDevice, identifier: `u${i}` }))
    }
    expect(tried.filter(Boolean)).toHaveLength(5)
    expect(g.reads.count).toBe(5)
    expect(g.calls.filter((call) => call === 'wrong network')).toHaveLength(5)
    expect(await guess(g, HERE, 'right')).toBe(true)
  })

  it('a foreign one opens nothing that the ordinary way has closed', async () => {
    const g = guards()
    for (let i = 0; i < 5; i++) await guess(g, HERE, 'wrong')
    expect(await guess(g, HERE, 'right', { device: foreignDevice })).toBe(false)
  })
})
