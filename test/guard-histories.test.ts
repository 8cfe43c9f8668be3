import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Budget } from '../src/features/guard/limits.ts'
import type { Outcome } from '../src/features/guard/messages.ts'
import { emptiesAt, type GuardState } from '../src/features/guard/state.ts'
import { ADDRESS, address, PAIR, PENDING, pair, played, START } from './support/guard-by-hand.ts'

type Move =
  | { do: 'ask'; who: string }
  | { do: 'settle'; which: number; outcome: Outcome }
  | { do: 'wait'; seconds: number }

const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('ask' as const), who: fc.constantFrom('ann', 'bob', 'eve') }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('settle' as const),
      which: fc.nat(11),
      outcome: fc.constantFrom<Outcome>('wrong', 'wrong', 'wrong', 'right', 'void'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), seconds: fc.integer({ min: 0, max: 75 }) }) },
)
const histories = fc.array(move, { minLength: 10, maxLength: 250 })

type Evaluated = { who: string; grantedAt: number; countedAt: number | null; cleared: boolean; open: boolean }

/** A second, simple-minded bookkeeping: what was let through, and what came of it. */
function evaluatedIn(history: readonly Move[], check: (all: Evaluated[], state: GuardState, now: number) => void) {
  const object = played()
  const all: (Evaluated & { id: string })[] = []
  let now = START
  for (const one of history) {
    if (one.do === 'wait') now += one.seconds * 1000
    for (const late of all.filter((a) => a.open && a.grantedAt + PENDING * 1000 <= now)) {
      Object.assign(late, { open: false, countedAt: late.grantedAt + PENDING * 1000 })
    }
    if (one.do === 'ask') {
      const answer = object.ask(now, [address, pair(one.who)])
      const fresh = { id: answer.id, who: one.who, grantedAt: now, countedAt: null, cleared: false, open: true }
      if (answer.granted) all.push(fresh)
    }
    if (one.do === 'settle') {
      const open = all.filter((a) => a.open)
      const chosen = open[one.which % Math.max(open.length, 1)]
      if (!chosen) continue
      object.settle(now, chosen.id, one.outcome)
      Object.assign(chosen, { open: false, countedAt: one.outcome === 'wrong' ? now : null })
      if (one.outcome === 'right')
        for (const a of all) if (a.who === chosen.who && a.countedAt !== null) a.cleared = true
    }
    check(all, object.state(), now)
  }
  return { object, now }
}

const within = (times: number[], { limit, seconds }: Budget) =>
  times.sort((a, b) => a - b).every((at, index) => (times[index + limit] ?? Infinity) - at >= seconds * 1000)

describe('6.3.1 whatever happens, in any order', () => {
  it('no window ever holds more failures than the limit, by the time they were let in or counted', () => {
    fc.assert(
      fc.property(histories, (history) => {
        evaluatedIn(history, (all) => {
          const counting = all.filter((a) => a.open || a.countedAt !== null)
          for (const time of [(a: Evaluated) => a.grantedAt, (a: Evaluated) => a.countedAt ?? a.grantedAt]) {
            expect(within(counting.map(time), ADDRESS)).toBe(true)
            for (const who of ['ann', 'bob', 'eve']) {
              const own = counting.filter((a) => a.who === who && !a.cleared)
              expect(within(own.map(time), PAIR)).toBe(true)
            }
          }
        })
      }),
      { numRuns: 400 },
    )
  })

  it('an object never holds more rows than twice its widest limit, and none when nothing counts', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const { object } = evaluatedIn(history, (_all, state) => {
          expect(state.attempts.size).toBeLessThanOrEqual(2 * ADDRESS.limit)
        })
        const quiet = emptiesAt(object.state())
        if (quiet !== null) object.wait(quiet)
        expect(object.state().attempts.size).toBe(0)
        expect(emptiesAt(object.state())).toBeNull()
      }),
      { numRuns: 200 },
    )
  })

  it('every refusal tells a time after which the way is open, if nobody else comes', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const { object, now } = evaluatedIn(history, () => {})
        let at = now
        for (let tries = 0; tries < 40; tries++) {
          const answer = object.ask(at, [address, pair('ann')])
          if (answer.granted) return
          at += answer.retryAfter * 1000
        }
        expect.unreachable('forty waits as told, and still refused')
      }),
      { numRuns: 200 },
    )
  })

  it('a settlement that comes twice, or a reservation that is delivered twice, changes nothing', () => {
    fc.assert(
      fc.property(histories, fc.constantFrom<Outcome>('right', 'wrong', 'void'), (history, outcome) => {
        const { object, now } = evaluatedIn(history, () => {})
        const asked = object.ask(now, [address, pair('ann')], 'twice')
        const once = object.state()
        object.ask(now, [address, pair('ann')], 'twice')
        expect(object.state().attempts).toEqual(once.attempts)
        if (!asked.granted) return
        object.settle(now, 'twice', outcome)
        const settled = object.state()
        for (const again of ['right', 'wrong', 'void', outcome] as const) object.settle(now, 'twice', again)
        expect(object.state().attempts).toEqual(settled.attempts)
      }),
      { numRuns: 200 },
    )
  })

  it('time never runs backwards', () => {
    const object = played()
    for (let i = 0; i < PAIR.limit; i++) object.settle(START, object.ask(START, [pair('ann')]).id, 'wrong')
    const before = object.ask(START - 3_600_000, [pair('ann')])
    expect(before).toMatchObject({ granted: false, retryAfter: PAIR.seconds, pending: false })
    expect(object.state().clock).toBe(START)
  })
})
