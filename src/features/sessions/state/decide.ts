import { begin, type Draft, endSession, finish, isLive, sessionsOf, type Wants } from './draft.ts'
import type { Account, Changes, Session, State } from './types.ts'

/** An ended session is recognised for this long, so that a late use of its token is noticed. */
const ENDED_KEPT_FOR = 30 * 24 * 60 * 60 * 1000

export type Rule<Message, Result> = (draft: Draft, message: Message) => Result
export type Decision<Result> = { answer: Result; changes: Changes; next: State }

/**
 * The idle end never lies beyond the absolute one. An end by time is written down when first noticed: a clock that goes
 * back must not undo it.
 */
function endExpired(draft: Draft) {
  for (const session of draft.before.sessions.values()) {
    if (!isLive(session) || draft.now < session.idleEnd) continue
    endSession(draft, session, draft.now >= session.absoluteEnd ? 'absolute' : 'idle')
  }
}

/** Pure: the same state, clock and message give the same answer and the same changes. */
export function decide<Message, Result>(
  state: State,
  clock: number,
  rule: Rule<Message, Result>,
  message: Message,
  wants: Wants = () => true,
): Decision<Result> {
  const draft = begin(state, clock, wants)
  endExpired(draft)
  const answer = rule(draft, message)
  return { answer, ...finish(draft) }
}

const forgetAt = (session: Session): number =>
  Math.min(session.absoluteEnd, (session.endedAt ?? session.absoluteEnd) + ENDED_KEPT_FOR)

/** Run by the alarm, after the expired sessions were ended: forgets old sessions. */
export function clean(draft: Draft): void {
  for (const session of sessionsOf(draft)) {
    if (!isLive(session) && draft.now >= forgetAt(session)) draft.removed.add(session.id)
  }
}

/** The next time at which a session expires or is forgotten; null if there is none. */
export function nextDue(state: State): number | null {
  let due: number | null = null
  for (const session of state.sessions.values()) {
    const at = isLive(session) ? session.idleEnd : forgetAt(session)
    due = due === null ? at : Math.min(due, at)
  }
  return due
}

/** What an instance knows after it has read its rows. */
export function restore(account: Account | null, sessions: Session[], waiting: number): State {
  const times = sessions.flatMap((session) => [session.lastUsedAt, session.endedAt ?? 0])
  const clock = Math.max(0, account?.clock ?? 0, ...times)
  return { account, sessions: new Map(sessions.map((session) => [session.id, session])), clock, waiting }
}
