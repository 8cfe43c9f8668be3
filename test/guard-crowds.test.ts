import { describe, expect, it } from 'vitest'
import { createHasher } from '../src/crypto/hasher.ts'
import { emptyState, reserve } from '../src/features/guard/state.ts'
import { passwordsWith } from '../src/features/passwords/passwords.ts'

describe('what one party can hold is counted together', () => {
  const passwordsFor = passwordsWith({ cost: 8 }, createHasher({ now: () => Date.now(), restMs: 0 }))

  it.each([
    ['/56', (n: number) => `2001:db8:0:${n.toString(16)}::1`],
    ['/48', (n: number) => `2001:db8:0:${(n * 256).toString(16)}::1`],
  ])('the line before the hash serves an IPv6 %s in turn, whatever it holds', async (_, addressOf) => {
    const served: string[] = []
    const hash = async (name: string, address: string) => {
      await passwordsFor(() => undefined, { address }).verify('a password', null, name)
      served.push(name)
    }
    const crowd = [0, 1, 2, 3, 4, 5, 6, 7].map((n) => hash(`crowd ${n}`, addressOf(n)))
    const other = hash('other', '192.0.2.1')
    await Promise.all([...crowd, other])
    // Behind the one whose turn it is, and the first of the crowd in line.
    expect(served.indexOf('other')).toBeLessThanOrEqual(2)
  })
})

it('what a guard remembers of checks: is forgotten when it counts no more, however many networks of a /48 it came from', () => {
  const rate = { limit: 300, seconds: 300 }
  let state = emptyState()
  for (let n = 0; n < 1_000; n++) {
    const checks = [{ key: `network ${n}`, rate }]
    state = reserve(state, { reservation: `r${n}`, claims: [], checks, pendingSeconds: 30 }, n * 10_000).state
  }
  expect(state.checks.size).toBeLessThanOrEqual(31)
})
