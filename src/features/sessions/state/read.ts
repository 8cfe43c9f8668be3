import { type Draft, factsOf, isLive, liveSessions, put, sessionOf } from './draft.ts'
import { isLiveId } from './end.ts'
import { type List, type Listed, type ListedSession, type Look, type Looked, no, yes } from './messages.ts'
import type { Session } from './types.ts'

function shown({ id, createdAt, lastUsedAt, address, country, device, transport, amr }: Session): ListedSession {
  return { id, createdAt, lastUsedAt, address, country, device, transport, amr }
}

export function list(draft: Draft, { caller }: List): Listed {
  if (caller !== undefined && !isLiveId(draft, caller)) return no('unknown')
  return yes({ sessions: liveSessions(draft).map(shown) })
}

/**
 * Asked on every request, so it writes at most once for each refresh: when an access token shows that the answer to the
 * last refresh has arrived. Nothing else of a request is kept; "last used" is the last refresh or that arrival.
 */
export function look(draft: Draft, { sessionId, generation }: Look): Looked {
  const session = sessionOf(draft, sessionId)
  const { account } = draft
  if (account === null || session === undefined) return no('unknown')
  if (!isLive(session)) return no('ended')
  if (generation === session.generation && !session.arrived) {
    put(draft, { ...session, arrived: true, lastUsedAt: draft.now })
  }
  return yes(factsOf(draft, account, session))
}
