import type { SessionFacts, TokenFacts } from './messages.ts'
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
  /** Is there anybody to be told of it? */
  readonly wants: Wants
  delivered: number
}

export type Wants = (event: Pick<SessionEvent, 'type' | 'payload'>) => boolean

export const begin = (before: State, clock: number, wants: Wants): Draft => ({
  before,
  now: Math.max(before.clock, clock),
  account: before.account,
  touched: new Map(),
  removed: new Set(),
  events: [],
  wants,
  delivered: 0,
})

export const isLive = (session: Session): boolean => session.endedAt === null

export function sessionOf(draft: Draft, id: string): Session | undefined {
  return draft.removed.has(id) ? undefined : (draft.touched.get(id) ?? draft.before.sessions.get(id))
}

/** In the order of their creation. */
export const sessionsOf = (draft: Draft): Session[] => [...sessionsAfter(draft).values()]

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

export function tokenFactsOf(draft: Draft, { userId, claims }: Account, session: Session): TokenFacts {
  const { id, clientId, transport, generation, idleEnd, absoluteEnd } = session
  return { sessionId: id, userId, claims, clientId, transport, generation, idleEnd, absoluteEnd, now: draft.now }
}

export function factsOf(draft: Draft, account: Account, session: Session): SessionFacts {
  const { status, version } = account
  const { amr, authTime, authVersion, createdAt } = session
  return { ...tokenFactsOf(draft, account, session), status, version, authVersion, amr, authTime, createdAt }
}

function forgetTheOldestEnded(draft: Draft) {
  if ([...draft.touched.values()].every(isLive)) return
  const ended = sessionsOf(draft).filter((session) => !isLive(session))
  if (ended.length <= ENDED_SESSIONS_KEPT) return
  ended.sort((a, b) => (a.endedAt ?? 0) - (b.endedAt ?? 0))
  for (const session of ended.slice(0, ended.length - ENDED_SESSIONS_KEPT)) draft.removed.add(session.id)
}

function admit(draft: Draft): SessionEvent[] {
  const wanted = draft.events.filter(draft.wants)
  const room = Math.max(0, OUTBOX_LIMIT - (draft.before.waiting - draft.delivered))
  const dropped = wanted.length - room
  if (dropped > 0 && draft.account !== null) {
    draft.account = { ...draft.account, dropped: draft.account.dropped + dropped }
  }
  return wanted.slice(0, room)
}

/** In the order of creation, since `Map.set` keeps the position of a known session. */
function sessionsAfter({ before, touched, removed }: Draft): ReadonlyMap<string, Session> {
  if (touched.size === 0 && removed.size === 0) return before.sessions
  const sessions = new Map(before.sessions)
  for (const [id, session] of touched) sessions.set(id, session)
  for (const id of removed) sessions.delete(id)
  return sessions
}

/** The times in the rows preserve the clock. When rows are removed, the account stores it. */
export function finish(draft: Draft): { changes: Changes; next: State } {
  forgetTheOldestEnded(draft)
  const events = admit(draft)
  const { before, now, removed } = draft
  const written = draft.account !== before.account || removed.size > 0
  const account = written && draft.account !== null ? { ...draft.account, clock: now } : draft.account
  const changes: Changes = { account: written ? account : null, opened: [], updated: [], removed: [], events }
  for (const [id, after] of draft.touched) {
    const known = before.sessions.get(id)
    if (removed.has(id)) continue
    if (known) changes.updated.push({ before: known, after })
    else changes.opened.push(after)
  }
  for (const id of removed) if (before.sessions.has(id)) changes.removed.push(id)
  const waiting = before.waiting - draft.delivered + events.length
  return { changes, next: { account, sessions: sessionsAfter(draft), clock: now, waiting } }
}
