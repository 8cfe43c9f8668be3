import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { advance, bury } from '../src/features/sessions/state/advance.ts'
import { clean, nextDue } from '../src/features/sessions/state/decide.ts'
import { ENDED_SESSIONS_KEPT } from '../src/features/sessions/state/draft.ts'
import { end } from '../src/features/sessions/state/end.ts'
import type { Rotated } from '../src/features/sessions/state/messages.ts'
import { open } from '../src/features/sessions/state/open.ts'
import { look } from '../src/features/sessions/state/read.ts'
import { rotate } from '../src/features/sessions/state/rotate.ts'
import { histories, SessionHistory } from './support/session-history.ts'
import { DAY, MINUTE, news, opening, rotation, secretOf } from './support/session-messages.ts'
import { SessionModel } from './support/session-model.ts'

const opened = (...ids: string[]): SessionModel => {
  const model = new SessionModel()
  for (const id of ids) expect(model.send(open, opening(id)).ok).toBe(true)
  return model
}
const outcome = (answer: Rotated) => (answer.ok ? answer.value.generation : answer.error)

describe('any history of messages, with any clock and any evictions', () => {
  it('keeps the cap, one successor, every end, and the versions', () => {
    const anything = fc.property(fc.integer({ min: 1, max: 4 }), histories, (cap, steps) => {
      const history = new SessionHistory(cap)
      for (const step of steps) {
        step(history)
        history.check()
      }
      history.checkEvents()
    })
    fc.assert(anything, { numRuns: 3000 })
  }, 60_000)

  it('an honest client survives every lost answer', () => {
    const attempt = fc.record({
      lost: fc.boolean(),
      wait: fc.integer({ min: -20_000, max: 25_000 }),
      evict: fc.boolean(),
    })
    const refreshes = fc.array(fc.tuple(fc.array(attempt, { maxLength: 6 }), fc.nat(3 * DAY)), { maxLength: 25 })
    const survives = fc.property(refreshes, (all) => {
      const model = opened('s')
      let held = 1
      for (const [attempts, pause] of all) {
        const began = model.state.clock
        for (const { lost, wait, evict } of attempts) {
          if (model.clock - began >= MINUTE) break
          const answer = model.send(rotate, rotation('s', held))
          expect(answer.ok && answer.value.generation).toBe(held + 1)
          if (!lost && answer.ok) {
            held = answer.value.generation
            model.send(look, { sessionId: 's', generation: held })
            break
          }
          expect(model.send(look, { sessionId: 's', generation: held }).ok).toBe(true)
          model.clock += wait
          if (evict) model.evict()
        }
        // A client whose every answer was lost comes back within the minute.
        if (model.state.sessions.get('s')?.generation !== held) {
          model.clock = Math.min(model.clock, began + MINUTE - 1)
          expect(outcome(model.send(rotate, rotation('s', held)))).toBe(++held)
        }
        model.clock += pause
      }
      expect(model.eventsOf('session_stolen')).toEqual([])
    })
    fc.assert(survives, { numRuns: 2000 })
  }, 60_000)

  it('a thief and the owner who both go on refreshing end the session', () => {
    const turns = fc.array(fc.tuple(fc.constantFrom('owner', 'thief'), fc.nat(3 * MINUTE)), { maxLength: 30 })
    const ends = fc.property(fc.nat(5), turns, (before, taken) => {
      const model = opened('s')
      const held: Record<string, number> = { owner: before + 1, thief: before + 1 }
      for (let generation = 1; generation <= before; generation++) model.send(rotate, rotation('s', generation))
      const late = [
        ['owner', MINUTE],
        ['thief', MINUTE],
        ['owner', MINUTE],
        ['thief', MINUTE],
      ] as const
      for (const [who, pause] of [...taken, ...late]) {
        model.clock += pause
        const answer = model.send(rotate, rotation('s', held[who] ?? 0))
        if (answer.ok) held[who] = answer.value.generation
      }
      expect(model.live()).toEqual([])
      expect(model.eventsOf('session_stolen').length).toBe(1)
      const top = Math.max(held.owner ?? 0, held.thief ?? 0)
      expect([top - 1, top, top + 1].map((g) => outcome(model.send(rotate, rotation('s', g))))).toEqual(
        Array(3).fill('ended'),
      )
      expect(model.eventsOf('session_stolen').length).toBe(1)
    })
    fc.assert(ends, { numRuns: 2000 })
  }, 60_000)
})

describe('the same messages in another order', () => {
  type Change = { ends: boolean; keep: boolean; disabled: boolean; logsIn: boolean }
  const change = fc.record({ ends: fc.boolean(), keep: fc.boolean(), disabled: fc.boolean(), logsIn: fc.boolean() })
  const messagesOf = (changes: Change[]) => {
    let [version, authVersion] = [1, 1]
    const messages: ((model: SessionModel) => unknown)[] = [(model) => model.send(open, opening('s0', {}, { cap: 99 }))]
    changes.forEach(({ ends, keep, disabled, logsIn }, index) => {
      version += 1
      if (ends || disabled) authVersion += 1
      const now = { version, authVersion }
      const status = disabled ? 'disabled' : 'active'
      const told = news(version, authVersion, { status, ...(keep && ends ? { keep: 's0' } : {}) })
      messages.push((model) => model.send(advance, told))
      if (logsIn && !disabled) messages.push((model) => model.send(open, opening(`s${index + 1}`, now, { cap: 99 })))
    })
    return messages
  }
  const play = (messages: ((model: SessionModel) => unknown)[]) => {
    const model = new SessionModel()
    for (const message of messages) message(model)
    return { account: model.account, live: new Set(model.live().map((session) => session.id)) }
  }

  it('leads to the same account and leaves no session that the right order would have ended', () => {
    const scenario = fc.array(change, { minLength: 1, maxLength: 6 }).chain((changes) => {
      const count = messagesOf(changes).length
      const order = fc.shuffledSubarray([...Array(count).keys()], { minLength: count })
      return fc.tuple(fc.constant(changes), order, fc.subarray([...Array(count).keys()]))
    })
    const anyOrder = fc.property(scenario, ([changes, order, repeated]) => {
      const right = play(messagesOf(changes))
      const messages = messagesOf(changes)
      const other = play([...order, ...repeated].flatMap((index) => messages[index] ?? []))
      expect(other.account).toEqual(right.account)
      for (const id of other.live) expect(right.live.has(id)).toBe(true)
    })
    fc.assert(anyOrder, { numRuns: 3000 })
  }, 60_000)
})

describe('a session', () => {
  it('is opened once however often it is asked for, and never comes back', () => {
    const model = opened('a')
    expect(model.send(open, opening('a'))).toMatchObject({ ok: true, value: { sessionId: 'a' } })
    expect(model.eventsOf('session_opened').length).toBe(1)
    model.send(end, { sessionId: 'a', reason: 'logged_out' })
    expect(model.send(open, opening('a'))).toEqual({ ok: false, error: 'ended' })
    for (let n = 0; n < 2; n++) expect(outcome(model.send(rotate, rotation('a', 1)))).toBe('ended')
    expect(model.rows.get('a')?.knocks, 'how often its token was tried afterwards').toBe(2)
    const stranger = opening('a')
    stranger.session.secretHash = secretOf('b')
    expect(model.send(open, stranger)).toEqual({ ok: false, error: 'conflict' })
    expect(model.send(open, opening('z', { userId: 8 }))).toEqual({ ok: false, error: 'conflict' })
  })

  it('of a deleted user is gone: nothing opens, and nothing of a later change is learned', () => {
    const model = opened('a', 'b')
    const gone = { userId: 7, version: 2, authVersion: 2 }
    expect(model.send(bury, gone)).toEqual({ ok: true, value: { ended: ['a', 'b'] } })
    expect(model.send(open, opening('c', { version: 9, authVersion: 9 }))).toEqual({ ok: false, error: 'gone' })
    expect(model.send(advance, news(9, 9))).toEqual({ ok: false, error: 'gone' })
    expect(model.send(bury, gone)).toEqual({ ok: true, value: { ended: [] } })
    expect([model.rows.size, JSON.stringify(model.account).includes('ann')]).toEqual([0, false])
  })

  it('that has ended is forgotten when its tokens could not live any more; of many, the first ones before', () => {
    const model = new SessionModel()
    for (let index = 0; index <= ENDED_SESSIONS_KEPT + 9; index++) {
      model.clock += MINUTE
      model.send(open, opening(`s${index}`, {}, { cap: 1 }))
    }
    expect([model.ended().length, model.ended()[0]?.id]).toEqual([ENDED_SESSIONS_KEPT, 's9'])
    model.clock = nextDue(model.state) ?? 0
    model.send(clean, undefined)
    expect(model.ended().length).toBeLessThanOrEqual(ENDED_SESSIONS_KEPT)
    model.clock += 90 * DAY
    model.send(clean, undefined)
    expect([model.rows.size, nextDue(model.state), model.account?.version]).toEqual([0, null, 1])
    expect(model.send(open, opening('old', { authVersion: 0 }))).toEqual({ ok: false, error: 'stale' })
  })
})
