import { describe, expect, it } from 'vitest'
import type { Charge } from '../src/features/guard/messages.ts'
import { pair, played, START } from './support/guard-by-hand.ts'
import { DEFAULT_LIMITS } from './support/guard-limits.ts'

describe('6.3.1 the edges', () => {
  const spend = (object: ReturnType<typeof played>, claims: Charge[], at = START) => {
    const asked = object.ask(at, claims)
    object.settle(at, asked.id, 'wrong')
    return asked.granted
  }

  it('a block lasts its whole time, though the failures that led to it grow old on the way', () => {
    const object = played()
    for (const second of [0, 30, 59]) spend(object, [pair('ann')], START + second * 1000)
    for (const second of [59, 60, 89, 118]) {
      const refused = object.ask(START + second * 1000, [pair('ann')])
      expect(refused).toMatchObject({ granted: false, retryAfter: 119 - second, pending: false })
    }
    expect(object.ask(START + 119_000, [pair('ann')]).granted).toBe(true)
  })

  it.each(['right', 'void'] as const)('a late %s returns what had lapsed, and lifts its block', (outcome) => {
    const object = played()
    const [first] = [1, 2, 3].map(() => object.ask(START, [pair('ann')]))
    object.wait(START + 11_000)
    object.settle(START + 12_000, first?.id ?? '', outcome)
    expect(object.ask(START + 12_000, [pair('ann')]).granted).toBe(true)
  })
})

describe('6.3.1 one identifier from everywhere', () => {
  const identifier: Charge = { name: 'identifier', key: 'ann', budget: DEFAULT_LIMITS.identifier }
  const attacked = () => {
    const object = played()
    for (let i = 0; i < 50; i++) object.settle(START, object.ask(START, [identifier]).id, 'wrong')
    return object
  }

  it('the right password from one address takes nothing off what all the others spent', () => {
    const object = played()
    const spend = (outcome: 'right' | 'wrong') => object.settle(START, object.ask(START, [identifier]).id, outcome)
    for (let i = 0; i < 49; i++) spend('wrong')
    spend('right')
    expect(object.ask(START, [identifier], 'last').granted).toBe(true)
    object.settle(START, 'last', 'wrong')
    expect(object.ask(START, [identifier])).toMatchObject({ granted: false, retryAfter: 30 })
  })

  it('a day of patience later it is forgotten, and rows stay few however long it goes on', () => {
    const object = attacked()
    let now = START
    for (let i = 0; i < 1_000; i++) {
      now += 60_000
      const asked = object.ask(now, [identifier])
      if (asked.granted) object.settle(now, asked.id, 'wrong')
      expect(object.state().attempts.size).toBeLessThanOrEqual(50 + 5 + 96 + 1)
    }
    const asked = Array.from({ length: 51 }, () => object.ask(now + 86_400_000, [identifier]).granted)
    expect(asked.filter(Boolean)).toHaveLength(50)
  })
})
