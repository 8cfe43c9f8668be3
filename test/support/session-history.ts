import fc from 'fast-check'
import { expect } from 'vitest'
import { advance, bury } from '../../src/features/sessions/state/advance.ts'
import { clean } from '../../src/features/sessions/state/decide.ts'
import { end, endAll, endAllBut } from '../../src/features/sessions/state/end.ts'
import { open } from '../../src/features/sessions/state/open.ts'
import { list, look } from '../../src/features/sessions/state/read.ts'
import { rotate } from '../../src/features/sessions/state/rotate.ts'
import { DAY, MINUTE, news, opening, rotation, secretOf } from './session-messages.ts'
import { SessionModel } from './session-model.ts'

const IDLE = 10 * DAY
const ABSOLUTE = 25 * DAY
const ENDINGS = ['session_ended', 'session_evicted', 'session_stolen', 'generation_ahead']
const NOTHING = { account: null, opened: [], updated: [], removed: [], events: [] }

/** One random history; it learns from the answers alone, and knows by itself what the object must never do. */
export class SessionHistory {
  readonly model = new SessionModel()
  readonly cap: number
  readonly opened: string[] = []
  readonly over = new Set<string>()
  /** Per session: the highest generation answered, and when that was first answered. */
  readonly newest = new Map<string, { generation: number; at: number }>()
  highest = { version: 0, authVersion: 0 }
  buried = false

  constructor(cap: number) {
    this.cap = cap
  }

  any(pick: number): string {
    return this.opened[this.opened.length - 1 - (pick % Math.max(1, this.opened.length))] ?? 'nobody'
  }

  open(version: number, authVersion: number, onFull: 'evict' | 'refuse', again: boolean, fewer: number) {
    const latest = this.opened.at(-1)
    const repeated = again && latest !== undefined && this.model.rows.has(latest)
    const id = repeated ? latest : `s${this.opened.length}`
    const before = this.model.live().length
    const cap = Math.max(1, this.cap - fewer)
    const policy = { cap, onFull, idleSeconds: IDLE / 1000, absoluteSeconds: ABSOLUTE / 1000 }
    const answer = this.model.send(open, opening(id, { version, authVersion }, policy))
    if (!answer.ok) {
      if (answer.error === 'full') expect([onFull, before >= cap]).toEqual(['refuse', true])
      return
    }
    expect([this.buried, this.over.has(id), authVersion < this.highest.authVersion]).toEqual([false, false, false])
    const [, told] = /^ann-(\d+)$/.exec(answer.value.claims.username) ?? []
    expect(Number(told)).toBeGreaterThanOrEqual(this.highest.version)
    if (repeated) return
    this.opened.push(id)
    expect(this.model.live().length).toBeLessThanOrEqual(cap)
    // At the cap the oldest end, and not the least used.
    const evicted = this.model.lastChanges?.events.filter(({ type }) => type === 'session_evicted') ?? []
    if (evicted.length === 0) return
    const order = [...evicted.map(({ payload }) => payload.session_id), ...this.model.live().map((one) => one.id)]
    expect(order).toEqual(this.opened.filter((one) => order.includes(one)))
  }

  rotate(pick: number, back: number, network: string) {
    const id = this.any(pick)
    const { generation: stored = 1, createdAt = 0 } = this.model.state.sessions.get(id) ?? {}
    const policy = { graceSeconds: 10, idleSeconds: IDLE / 1000 }
    const answer = this.model.send(rotate, rotation(id, stored - back, { network, policy }))
    if (!answer.ok) return
    const { generation, absoluteEnd, now, idleEnd } = answer.value
    expect([this.over.has(id), generation, absoluteEnd - createdAt]).toEqual([false, stored - back + 1, ABSOLUTE])
    expect(now).toBeLessThan(Math.min(idleEnd, absoluteEnd))
    const newest = this.newest.get(id) ?? { generation: 1, at: 0 }
    if (generation > newest.generation) this.newest.set(id, { generation, at: now })
    else expect([generation, now - newest.at < MINUTE]).toEqual([newest.generation, true])
  }

  /** A message that must change nothing at all, once what time has ended is out of the way. */
  refused(pick: number, wrong: 'secret' | 'transport') {
    this.model.send(() => null, null)
    const message = rotation(this.any(pick), (pick % 4) + 1)
    const right = message.secretHash
    const wrongs = [secretOf('somebody else'), '', right.slice(0, -1), `${right}A`]
    if (wrong === 'secret') message.secretHash = wrongs[pick % wrongs.length] ?? ''
    else message.transport = 'cookie'
    expect(this.model.send(rotate, message).ok).toBe(false)
    expect(this.model.lastChanges).toEqual(NOTHING)
  }

  look(pick: number, generation?: number) {
    const id = this.any(pick)
    const answer = this.model.send(look, { sessionId: id, generation })
    if (answer.ok) expect(this.over.has(id)).toBe(false)
    const listed = this.model.send(list, {})
    expect(listed.ok && listed.value.sessions.map((session) => session.id)).toEqual(this.model.live().map((s) => s.id))
    expect(this.model.lastChanges).toEqual(NOTHING)
  }

  /** What must be true after every message, whatever it was. */
  check() {
    const live = this.model.live()
    const account = this.model.state.account ?? { version: 0, authVersion: 0, buried: false, status: 'active' }
    expect(live.length).toBeLessThanOrEqual(this.cap)
    expect(account.version).toBeGreaterThanOrEqual(this.highest.version)
    expect(account.authVersion).toBeGreaterThanOrEqual(this.highest.authVersion)
    this.highest = { version: account.version, authVersion: account.authVersion }
    if (this.buried) expect([account.buried, live]).toEqual([true, []])
    this.buried = account.buried
    const alive = new Set(live.map((session) => session.id))
    for (const id of alive) expect(this.over.has(id)).toBe(false)
    for (const session of live) expect([session.authVersion, account.status]).toEqual([account.authVersion, 'active'])
    for (const id of this.opened) if (!alive.has(id)) this.over.add(id)
  }

  /** One end, one event. */
  checkEvents() {
    const endings = this.model.outbox.filter((event) => ENDINGS.includes(event.type))
    expect(endings.map((event) => event.payload.session_id).sort()).toEqual([...this.over].sort())
  }
}

type Step = (history: SessionHistory) => unknown

const picks = fc.nat(12)
const versions = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }))
const back = fc.constantFrom(0, 0, 0, 0, 1, 1, 1, 2, 3, -1)
const jumps = fc.constantFrom(-DAY, -5000, 1, 3000, 9000, 11_000, 59_000, 61_000, 15 * MINUTE, 3 * DAY, 11 * DAY)
const reason = 'revoked'

const step = <Given>(
  weight: number,
  given: fc.Arbitrary<Given>,
  take: (history: SessionHistory, given: Given) => unknown,
) => ({
  weight,
  arbitrary: given.map(
    (drawn): Step =>
      (history) =>
        take(history, drawn),
  ),
})
const policies = fc.constantFrom('evict' as const, 'refuse' as const)
const wrongs = fc.constantFrom('secret' as const, 'transport' as const)
const statuses = fc.constantFrom('active' as const, 'active' as const, 'disabled' as const)
const nothing = fc.constant(undefined)

const steps = [
  step(6, fc.tuple(versions, policies, fc.boolean(), fc.nat(3)), (history, [[version, authVersion], ...rest]) =>
    history.open(version, authVersion, ...rest),
  ),
  step(14, fc.tuple(picks, back, fc.constantFrom('n1', 'n2')), (history, given) => history.rotate(...given)),
  step(3, fc.tuple(picks, wrongs), (history, given) => history.refused(...given)),
  step(4, fc.tuple(picks, fc.option(fc.nat(4), { nil: undefined })), (history, given) => history.look(...given)),
  step(10, jumps, (history, by) => history.model.pass(by)),
  step(3, nothing, ({ model }) => model.evict()),
  step(2, nothing, ({ model }) => model.send(clean, undefined)),
  step(2, picks, (history, pick) => history.model.send(end, { sessionId: history.any(pick), reason })),
  step(1, picks, (history, pick) => history.model.send(endAllBut, { keep: history.any(pick), reason })),
  step(1, nothing, ({ model }) => model.send(endAll, { reason })),
  step(2, fc.tuple(versions, picks, statuses), (history, [[version, authVersion], pick, status]) =>
    history.model.send(advance, news(version, authVersion, { keep: history.any(pick), status })),
  ),
  step(1, fc.tuple(fc.nat(9), versions), ({ model }, [rarely, [version, authVersion]]) =>
    rarely === 0 ? model.send(bury, { userId: 7, version, authVersion }) : undefined,
  ),
]

export const histories = fc.array(fc.oneof(...steps), { minLength: 10, maxLength: 80 })
