import { expect } from 'vitest'
import { decide, type Rule, restore } from '../../src/features/sessions/state/decide.ts'
import type { Account, Changes, Session, SessionEvent } from '../../src/features/sessions/state/types.ts'

/** The object without its runtime: a clock that anybody may turn, and a disk that holds only what the changes say. */
export class SessionModel {
  clock = 1_800_000_000_000
  state = restore(null, [], 0)
  account: Account | null = null
  readonly rows = new Map<string, Session>()
  readonly outbox: SessionEvent[] = []
  lastChanges: Changes | null = null

  send<Message, Result>(rule: Rule<Message, Result>, message: Message): Result {
    const { answer, changes, next } = decide(this.state, this.clock, rule, message)
    this.account = changes.account ?? this.account
    for (const id of changes.removed) expect(this.rows.delete(id)).toBe(true)
    for (const session of changes.opened) expect(this.rows.has(session.id)).toBe(false)
    // What a row is updated from is what lies on the disk: only what differs is written.
    for (const { before } of changes.updated) expect(this.rows.get(before.id)).toEqual(before)
    for (const session of [...changes.opened, ...changes.updated.map(({ after }) => after)]) {
      this.rows.set(session.id, session)
    }
    this.outbox.push(...changes.events)
    this.lastChanges = changes
    expect(next.clock).toBe(Math.max(this.state.clock, this.clock))
    this.state = next
    this.diskHoldsEverything()
    return answer
  }

  pass(milliseconds: number) {
    this.clock += milliseconds
  }

  /** The instance goes away; the next one knows what was written, and that time has come at least as far as that. */
  evict() {
    this.state = restore(this.account, [...this.rows.values()], this.outbox.length)
    for (const event of this.outbox) expect(this.state.clock).toBeGreaterThanOrEqual(event.at)
  }

  live(): Session[] {
    return [...this.state.sessions.values()].filter((session) => session.endedAt === null)
  }

  ended(): Session[] {
    return [...this.state.sessions.values()].filter((session) => session.endedAt !== null)
  }

  eventsOf(type: SessionEvent['type']): SessionEvent[] {
    return this.outbox.filter((event) => event.type === type)
  }

  private diskHoldsEverything() {
    if (this.state.account !== this.account) expect(this.state.account).toEqual(this.account)
    const remembered = [...this.state.sessions.values()]
    const written = [...this.rows.values()]
    expect(remembered.length).toBe(written.length)
    for (const [index, session] of remembered.entries())
      if (session !== written[index]) expect(session).toEqual(written[index])
    expect(this.state.waiting).toBe(this.outbox.length)
  }
}
