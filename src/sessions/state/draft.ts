import type { SessionFacts } from './messages.ts'
import type { Account, Changes, EndReason, EventType, Session, SessionEvent, State } from './types.ts'

/** Ended sessions are remembered so that their tokens are recognised; this bounds how many. */
export const ENDED_SESSIONS_KEPT = 100
export const OUTBOX_LIMIT = 1_000

/** One message's working copy: the state before it stays as it was. */
export type Draft = {
  readonly before: State
  readonly now: number
  account: Account | null
  readonly touched: Map<string, Session>
  readonly removed: Set<string>
  readonly events: SessionEvent[]
  delivered: number
}

export const begin = (before: State, clock: number): Draft => ({
  before,
  now: Math.max(before.clock, clock),
  account: before.account,
  touched: new Map(),
  removed: new Set(),
  events: [],
  delivered: 0,
})

export const isLive = (session: Session): boolean => session.endedAt === null

export function sessionOf(draft: Draft, id: string): Session | undefined {
  return draft.removed.has(id) ? undefined : (draft.touched.get(id) ?? draft.before.sessions.get(id))
}

/** In the order of their creation. */
export function sessionsOf(draft: Draft): Session[] {
  const all = [...draft.before.sessions.values()].map((session) => draft.touched.get(session.id) ?? session)
  for (const session of draft.touched.values()) if (!draft.before.sessions.has(session.id)) all.push(session)
  return all.filter((session) => !draft.removed.has(session.id))
}

export const liveSessions = (draft: Draft): Session[] => sessionsOf(draft).filter(isLive)

export function put(draft: Draft, session: Session): Session {
  draft.touched.set(session.id, session)
  return session
}

export function record(
  draft: Draft,
  type: EventType,
  session: Session,
  more: Record<string, string | number | boolean> = {},
) {
  const { account, now } = draft
  if (account === null) return
  const { id, device, address, country, transport, amr, clientId } = session
  const payload = {
    user_id: account.userId,
    session_id: id,
    device,
    address,
    country,
    transport,
    amr,
    client_id: clientId,
  }
  draft.events.push({ at: now, type, payload: { ...payload, ...more } })
}

/** One end is one event; its type says how, its reason why. */
export function endSession(draft: Draft, session: Session, reason: EndReason, type: EventType = 'session_ended') {
  const ended = put(draft, { ...session, endedAt: draft.now, endReason: reason })
  record(draft, type, ended, { reason })
}

export function endEach(draft: Draft, sessions: Session[], reason: EndReason): string[] {
  for (const session of sessions) endSession(draft, session, reason)
  return sessions.map((session) => session.id)
}

export function factsOf(draft: Draft, account: Account, session: Session): SessionFacts {
  const { userId, claims, status, version } = account
  const { id, clientId, transport, amr, generation, authTime, authVersion, createdAt, idleEnd, absoluteEnd } = session
  const times = { authTime, createdAt, idleEnd, absoluteEnd, now: draft.now }
  return { sessionId: id, userId, claims, status, version, authVersion, clientId, transport, amr, generation, ...times }
}

function forgetTheOldestEnded(draft: Draft) {
  if ([...draft.touched.values()].every(isLive)) return
  const ended = sessionsOf(draft).filter((session) => !isLive(session))
  if (ended.length <= ENDED_SESSIONS_KEPT) return
  ended.sort((a, b) => (a.endedAt ?? 0) - (b.endedAt ?? 0))
  for (const session of ended.slice(0, ended.length - ENDED_SESSIONS_KEPT)) draft.removed.add(session.id)
}

function admit(draft: Draft): SessionEvent[] {
  const room = Math.max(0, OUTBOX_LIMIT - (draft.before.waiting - draft.delivered))
  const dropped = draft.events.length - room
  if (dropped > 0 && draft.account !== null) {
    draft.account = { ...draft.account, dropped: draft.account.dropped + dropped }
  }
  return draft.events.slice(0, room)
}

/** The clock is kept by the times in the rows; where rows go, the account remembers it. */
export function finish(draft: Draft): { changes: Changes; next: State } {
  forgetTheOldestEnded(draft)
  const events = admit(draft)
  const { before, now, removed } = draft
  const written = draft.account !== before.account || removed.size > 0
  const account = written && draft.account !== null ? { ...draft.account, clock: now } : draft.account
  const touched = [...draft.touched.values()].filter((session) => !removed.has(session.id))
  const changes: Changes = {
    account: written ? account : null,
    opened: touched.filter((session) => !before.sessions.has(session.id)),
    updated: touched.flatMap((after) => {
      const known = before.sessions.get(after.id)
      return known ? [{ before: known, after }] : []
    }),
    removed: [...removed].filter((id) => before.sessions.has(id)),
    events,
  }
  const moved = touched.length > 0 || removed.size > 0
  const sessions = moved ? new Map(sessionsOf(draft).map((session) => [session.id, session])) : before.sessions
  return { changes, next: { account, sessions, clock: now, waiting: before.waiting - draft.delivered + events.length } }
}
