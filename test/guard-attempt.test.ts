import { describe, expect, it } from 'vitest'
import { foreignDevice, guards, guess, knownDevice } from './support/guards.ts'

const HERE = '192.0.2.1'

describe('6.3.1 what an attempt asks, and in which order', { timeout: 30_000 }, () => {
  it('where the account refuses, the address gets its reservation back before the answer', async () => {
    const g = guards()
    for (let i = 0; i < 50; i++) await guess(g, `198.51.100.${i + 1}`, 'wrong')
    g.calls.length = 0
    for (let i = 0; i < 10; i++) expect(await g.attempt(HERE)).toMatchObject({ granted: false, pending: false })
    expect(g.calls.slice(0, 3)).toEqual(['reserve network', 'reserve account', 'void network'])
    expect((await g.attempt(HERE, { identifier: 'bob', subjectOf: () => 'B' })).granted).toBe(true)
  })
})

describe('when something is down', () => {
  it('a void that fails changes no answer', async () => {
    const g = guards()
    g.broken.add('void network')
    g.reads.fail = true
    await expect(g.attempt(HERE)).rejects.toThrow('the database is down')
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
})
