import { describe, expect, it } from 'vitest'
import { advance, bury } from '../src/features/sessions/state/advance.ts'
import { end, endAll, endAllBut } from '../src/features/sessions/state/end.ts'
import { open } from '../src/features/sessions/state/open.ts'
import { list, look } from '../src/features/sessions/state/read.ts'
import { rotate } from '../src/features/sessions/state/rotate.ts'
import { DAY, MINUTE, news, opening, rotation, secretOf } from './support/session-messages.ts'
import { SessionModel } from './support/session-model.ts'

const opened = (...ids: string[]): SessionModel => {
  const model = new SessionModel()
  for (const id of ids) expect(model.send(open, opening(id)).ok).toBe(true)
  return model
}
const refresh = (model: SessionModel, generation: number, change = {}) => {
  const answer = model.send(rotate, rotation('s', generation, change))
  return answer.ok ? answer.value.generation : answer.error
}
const liveIds = (model: SessionModel) => model.live().map((session) => session.id)

describe('the token before the newest one', () => {
  const afterRotation = (wait: number, arrived: boolean) => {
    const model = opened('s')
    refresh(model, 1)
    if (arrived) model.send(look, { sessionId: 's', generation: 2 })
    model.clock += wait
    return model
  }

  it.each([
    [9_999, true, 2],
    [10_000, true, 'stolen'],
    [59_999, false, 2],
    [60_000, false, 'stolen'],
  ])('after %i ms, the successor seen to have arrived: %s, is answered with %s', (wait, arrived, expected) => {
    expect(refresh(afterRotation(wait, arrived), 1)).toBe(expected)
  })

  it('does not count an access token of before the refresh as a sign of arrival', () => {
    const model = afterRotation(0, false)
    model.send(look, { sessionId: 's', generation: 1 })
    model.clock += 30_000
    expect(refresh(model, 1)).toBe(2)
  })

  it('has the longer window anew after every refresh', () => {
    const model = afterRotation(MINUTE, true)
    expect(refresh(model, 2)).toBe(3)
    model.clock += 30_000
    expect(refresh(model, 2)).toBe(3)
  })

  it('is stolen as soon as it is two behind, even within the grace', () => {
    const model = opened('s')
    expect([refresh(model, 1), refresh(model, 2), refresh(model, 1)]).toEqual([2, 3, 'stolen'])
    expect([refresh(model, 3), refresh(model, 1)]).toEqual(['ended', 'ended'])
    expect(model.eventsOf('session_stolen').length).toBe(1)
    expect(model.rows.get('s')?.knocks).toBe(2)
  })

  it('writes nothing when repeated, and there is none before the first', () => {
    const model = afterRotation(5, false)
    refresh(model, 1)
    expect(model.lastChanges?.updated).toEqual([])
    expect(refresh(opened('s'), 0)).toBe('stolen')
  })
})

describe('other tokens', () => {
  it('a wrong secret or transport is refused and changes nothing, even with a stolen generation', () => {
    const model = opened('s')
    refresh(model, 1)
    refresh(model, 2)
    expect(refresh(model, 1, { secretHash: secretOf('t') })).toBe('unknown')
    // Neither what the stored one begins with, nor what begins with it.
    for (const secretHash of ['', secretOf('s').slice(0, -1), `${secretOf('s')}A`]) {
      expect(refresh(model, 1, { secretHash })).toBe('unknown')
    }
    expect(refresh(model, 1, { transport: 'cookie' })).toBe('wrong_transport')
    expect(refresh(model, 3)).toBe(4)
  })

  it('the absolute end says that it was that one', () => {
    const model = opened('s')
    for (let generation = 1; generation < 9; generation++) {
      model.clock += 10 * DAY
      refresh(model, generation)
    }
    model.clock += 10 * DAY
    expect(refresh(model, 9)).toBe('ended')
    expect(model.eventsOf('session_ended').map((event) => event.payload.reason)).toEqual(['absolute'])
  })
})

describe('opening', () => {
  it('at the cap ends the oldest by creation, not the least used', () => {
    const model = opened('s', 'b', 'c', 'd', 'e')
    refresh(model, 1)
    expect(model.send(open, opening('f'))).toMatchObject({ ok: true })
    expect(liveIds(model)).toEqual(['b', 'c', 'd', 'e', 'f'])
    expect(model.send(open, opening('g', {}, { cap: 2 }))).toMatchObject({ ok: true })
    expect(liveIds(model)).toEqual(['f', 'g'])
    expect(model.eventsOf('session_evicted').length).toBe(5)
  })

  it('twice is once, and never brings a session back', () => {
    const model = opened('a')
    expect(model.send(open, opening('a'))).toMatchObject({ ok: true, value: { sessionId: 'a' } })
    expect(model.eventsOf('session_opened').length).toBe(1)
    model.send(end, { sessionId: 'a', reason: 'logged_out' })
    expect(model.send(open, opening('a'))).toEqual({ ok: false, error: 'ended' })
    const stranger = opening('a')
    stranger.session.secretHash = secretOf('b')
    expect(model.send(open, stranger)).toEqual({ ok: false, error: 'conflict' })
    expect(model.send(open, opening('z', { userId: 8 }))).toEqual({ ok: false, error: 'conflict' })
  })

  it('with what was read before a change is refused; with older claims it gets the newer ones', () => {
    const model = opened('a')
    model.send(advance, news(2, 1))
    expect(model.send(open, opening('b'))).toMatchObject({ value: { claims: { username: 'ann-2' } } })
    model.send(advance, news(3, 2, { reason: 'password_changed' }))
    expect(model.send(open, opening('c'))).toEqual({ ok: false, error: 'stale' })
    expect(liveIds(model)).toEqual([])
  })

  it('a disabled user gets in again with a version of after the enabling, in whatever order it comes', () => {
    const model = opened('a')
    model.send(advance, news(2, 2, { status: 'disabled', reason: 'user_disabled' }))
    expect(liveIds(model)).toEqual([])
    expect(model.send(open, opening('b', { version: 2, authVersion: 2 }))).toEqual({ ok: false, error: 'disabled' })
    expect(model.send(open, opening('b', { version: 3, authVersion: 2 })).ok).toBe(true)
    model.send(advance, news(2, 2, { status: 'disabled', reason: 'user_disabled' }))
    model.send(advance, news(3, 2))
    expect(liveIds(model)).toEqual(['b'])
  })
})

describe('ending', () => {
  it('a password change keeps the session that made it, unless a step in between is missing', () => {
    const model = opened('a', 'b')
    expect(model.send(advance, news(2, 2, { keep: 'a' }))).toMatchObject({ value: { ended: ['b'] } })
    expect(model.send(advance, news(2, 2, { keep: 'a' }))).toMatchObject({ value: { ended: [] } })
    expect(liveIds(model)).toEqual(['a'])
    expect(model.send(advance, news(4, 4, { keep: 'a' }))).toMatchObject({ value: { ended: ['a'] } })
    expect(model.outbox.map((event) => event.payload.reason)).toContain('password_changed')
  })

  it('one: again is success, a wrong secret or a dead caller is not, and the generation does not matter', () => {
    const model = opened('a', 'b')
    const reason = 'logged_out'
    const one = (change: object) => model.send(end, { sessionId: 'a', reason, ...change })
    expect(one({ secretHash: secretOf('b') })).toEqual({ ok: false, error: 'unknown' })
    expect(one({ caller: 'nobody' })).toEqual({ ok: false, error: 'unknown' })
    expect(one({ transport: 'cookie' })).toEqual({ ok: false, error: 'wrong_transport' })
    expect(one({ secretHash: secretOf('a') })).toEqual({ ok: true, value: { state: 'ended' } })
    expect(one({})).toEqual({ ok: true, value: { state: 'ended_before' } })
    expect(one({ sessionId: 'nobody' })).toEqual({ ok: true, value: { state: 'absent' } })
    expect(liveIds(model)).toEqual(['b'])
  })

  it('all needs the current generation or a live session, and all but one needs that one', () => {
    const model = opened('s', 'b', 'c')
    refresh(model, 1)
    const proof = (generation: number) => ({
      sessionId: 's',
      secretHash: secretOf('s'),
      generation,
      transport: 'body' as const,
    })
    const byCookie = { ...proof(2), transport: 'cookie' as const }
    const reason = 'logged_out_everywhere'
    expect(model.send(endAll, { proof: proof(1), reason })).toEqual({ ok: false, error: 'not_current' })
    expect(model.send(endAll, { proof: { ...proof(2), secretHash: '' }, reason })).toEqual({
      ok: false,
      error: 'unknown',
    })
    expect(model.send(endAll, { proof: byCookie, reason })).toEqual({ ok: false, error: 'wrong_transport' })
    model.send(end, { sessionId: 'b', reason })
    expect(model.send(endAll, { caller: 'b', reason })).toEqual({ ok: false, error: 'unknown' })
    expect(model.send(endAllBut, { keep: 'b', reason })).toEqual({ ok: false, error: 'unknown' })
    expect(model.send(list, { caller: 'b' })).toEqual({ ok: false, error: 'unknown' })
    expect(model.send(endAllBut, { keep: 's', reason })).toEqual({ ok: true, value: { ended: ['c'] } })
    expect(model.send(endAll, { proof: proof(2), reason })).toEqual({ ok: true, value: { ended: ['s'] } })
  })

  it('a deleted user leaves numbers alone, and nothing opens again', () => {
    const model = opened('a', 'b')
    expect(model.send(bury, { userId: 7, version: 2, authVersion: 2 })).toEqual({
      ok: true,
      value: { ended: ['a', 'b'] },
    })
    expect(model.rows.size).toBe(0)
    const nowhere = { device: '', address: '', country: null, reason: 'user_deleted' }
    expect(model.outbox.slice(-2).map(({ payload }) => payload)).toMatchObject([nowhere, nowhere])
    expect(JSON.stringify(model.account)).not.toContain('ann')
    expect(model.send(open, opening('c', { version: 9, authVersion: 9 }))).toEqual({ ok: false, error: 'gone' })
    expect(model.send(advance, news(9, 9))).toEqual({ ok: false, error: 'gone' })
    expect(model.send(bury, { userId: 7, version: 2, authVersion: 2 })).toEqual({ ok: true, value: { ended: [] } })
  })
})
