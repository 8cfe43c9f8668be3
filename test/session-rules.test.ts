import { describe, expect, it } from 'vitest'
import { advance, bury } from '../src/sessions/state/advance.ts'
import { clean, nextDue } from '../src/sessions/state/decide.ts'
import { nameOfDevice } from '../src/sessions/state/device.ts'
import { ENDED_SESSIONS_KEPT, OUTBOX_LIMIT } from '../src/sessions/state/draft.ts'
import { end, endAll, endAllBut } from '../src/sessions/state/end.ts'
import { open } from '../src/sessions/state/open.ts'
import { delivered } from '../src/sessions/state/outbox.ts'
import { list, look } from '../src/sessions/state/read.ts'
import { rotate } from '../src/sessions/state/rotate.ts'
import { DAY, MINUTE, news, opening, place, rotation, secretOf } from './support/session-messages.ts'
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

  it('is stolen as soon as it is two behind, even within the grace', () => {
    const model = opened('s')
    expect([refresh(model, 1), refresh(model, 2), refresh(model, 1)]).toEqual([2, 3, 'stolen'])
    expect([refresh(model, 3), refresh(model, 1)]).toEqual(['ended', 'ended'])
    expect(model.eventsOf('session_stolen').length).toBe(1)
    expect(model.rows.get('s')?.knocks).toBe(2)
  })

  it('from another network or agent is answered, and recorded once for each generation', () => {
    const model = afterRotation(0, false)
    expect(refresh(model, 1, { network: '198.51.100.0/24', address: '198.51.100.1' })).toBe(2)
    expect(refresh(model, 1, { userAgent: 'curl/8.5.0' })).toBe(2)
    expect(refresh(model, 1)).toBe(2)
    expect(model.eventsOf('refresh_shadowed').map((event) => event.payload.shadow_address)).toEqual(['198.51.100.1'])
    refresh(model, 2)
    refresh(model, 2, { network: '198.51.100.0/24' })
    expect(model.eventsOf('refresh_shadowed').length).toBe(2)
  })

  it('writes nothing when repeated, and there is none before the first', () => {
    const model = afterRotation(5, false)
    refresh(model, 1)
    expect(model.lastChanges?.updated).toEqual([])
    expect(refresh(opened('s'), 0)).toBe('stolen')
  })
})

describe('other tokens', () => {
  it('a generation that was never issued ends the session and says so once', () => {
    const model = opened('s')
    expect([refresh(model, 3), refresh(model, 3), refresh(model, 1)]).toEqual(['generation_ahead', 'ended', 'ended'])
    expect(model.eventsOf('generation_ahead').length).toBe(1)
  })

  it('a wrong secret or transport is refused and changes nothing, even with a stolen generation', () => {
    const model = opened('s')
    refresh(model, 1)
    refresh(model, 2)
    expect(refresh(model, 1, { secretHash: secretOf('t') })).toBe('unknown')
    expect(refresh(model, 1, { transport: 'cookie' })).toBe('wrong_transport')
    expect(refresh(model, 3)).toBe(4)
  })

  it('the absolute end stands, however often a session is refreshed', () => {
    const model = opened('s')
    for (let generation = 1; generation < 9; generation++) {
      model.clock += 10 * DAY
      expect(refresh(model, generation)).toBe(generation + 1)
    }
    model.clock += 10 * DAY
    expect(refresh(model, 9)).toBe('ended')
    expect(model.eventsOf('session_ended').map((event) => event.payload.reason)).toEqual(['absolute'])
  })

  it('an end by time stands when the clock goes back and the instance away', () => {
    const model = opened('s')
    model.clock += 30 * DAY
    expect(model.send(look, { sessionId: 's' })).toEqual({ ok: false, error: 'ended' })
    model.clock -= 29 * DAY
    model.evict()
    expect(refresh(model, 1)).toBe('ended')
    expect(model.eventsOf('session_ended').map((event) => event.payload.reason)).toEqual(['idle'])
  })
})

describe('opening', () => {
  it('at the cap ends the oldest by creation, not the least used', () => {
    const model = opened('s', 'b', 'c', 'd', 'e')
    refresh(model, 1)
    expect(model.send(open, opening('f'))).toMatchObject({ ok: true, value: { evicted: ['s'] } })
    expect(liveIds(model)).toEqual(['b', 'c', 'd', 'e', 'f'])
    expect(model.send(open, opening('g', {}, { cap: 2 }))).toMatchObject({ value: { evicted: ['b', 'c', 'd', 'e'] } })
    expect(model.eventsOf('session_evicted').length).toBe(5)
  })

  it('at the cap is refused where the policy says so', () => {
    const model = opened('a', 'b')
    expect(model.send(open, opening('c', {}, { cap: 2, onFull: 'refuse' }))).toEqual({ ok: false, error: 'full' })
    expect(model.send(open, opening('b', {}, { cap: 2, onFull: 'refuse' }))).toMatchObject({ ok: true })
  })

  it('twice is once, and never brings a session back', () => {
    const model = opened('a')
    expect(model.send(open, opening('a'))).toMatchObject({ ok: true, value: { sessionId: 'a', evicted: [] } })
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
    expect(model.send(open, opening('b'))).toMatchObject({ value: { version: 2, claims: { username: 'ann-2' } } })
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
    expect(one({ secretHash: secretOf('a') })).toEqual({ ok: true, value: { state: 'ended' } })
    expect(one({})).toEqual({ ok: true, value: { state: 'ended_before' } })
    expect(one({ sessionId: 'nobody' })).toEqual({ ok: true, value: { state: 'absent' } })
    expect(liveIds(model)).toEqual(['b'])
  })

  it('all needs the current generation or a live session, and all but one needs that one', () => {
    const model = opened('s', 'b', 'c')
    refresh(model, 1)
    const proof = (generation: number) => ({ sessionId: 's', secretHash: secretOf('s'), generation })
    const reason = 'logged_out_everywhere'
    expect(model.send(endAll, { proof: proof(1), reason })).toEqual({ ok: false, error: 'not_current' })
    expect(model.send(endAll, { proof: { ...proof(2), secretHash: '' }, reason })).toEqual({
      ok: false,
      error: 'unknown',
    })
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
    expect(JSON.stringify(model.account)).not.toContain('ann')
    expect(model.send(open, opening('c', { version: 9, authVersion: 9 }))).toEqual({ ok: false, error: 'gone' })
    expect(model.send(advance, news(9, 9))).toEqual({ ok: false, error: 'gone' })
    expect(model.send(bury, { userId: 7, version: 2, authVersion: 2 })).toEqual({ ok: true, value: { ended: [] } })
  })
})

describe('what is kept, and for how long', () => {
  it('ended sessions are bounded, and forgotten when their tokens could not live any more', () => {
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

  it('the outbox is bounded; what found it full is counted and reported when there is room', () => {
    const model = new SessionModel()
    const opens = OUTBOX_LIMIT / 2 + 10
    for (let index = 0; index < opens; index++) model.send(open, opening(`s${index}`, {}, { cap: 1 }))
    expect([model.outbox.length, model.account?.dropped]).toEqual([OUTBOX_LIMIT, 19])
    model.evict()
    model.outbox.splice(0, 100)
    model.send(delivered, { count: 100 })
    expect(model.outbox.at(-1)).toMatchObject({ type: 'events_dropped', payload: { user_id: 7, count: 19 } })
    expect([model.outbox.length, model.account?.dropped]).toEqual([OUTBOX_LIMIT - 99, 0])
  })

  it.each([
    [place.userAgent, 'Firefox on Windows'],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15',
      'Safari on macOS',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/138.0 Mobile/15E148 Safari/604.1',
      'Chrome on iPhone',
    ],
    [
      'Mozilla/5.0 (Linux; Android 14; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36',
      'Samsung Internet on Android',
    ],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36 Edg/138.0.0.0',
      'Edge on Windows',
    ],
    [
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36',
      'Chrome on Linux',
    ],
    ['curl/8.5.0', 'curl'],
    ['PostmanRuntime/7.44.0', 'Postman'],
    ['python-requests/2.32.4', 'python-requests'],
    ['Shop/3 CFNetwork/1568 Darwin/24.0.0', 'An app on an Apple device'],
    ['<script>', 'Unknown device'],
    ['', 'Unknown device'],
  ])('%s is shown as %s', (userAgent, name) => expect(nameOfDevice(userAgent)).toBe(name))
})
