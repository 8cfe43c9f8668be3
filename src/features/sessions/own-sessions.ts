import { invalidAccessToken } from '../../http/failures.ts'
import type { Deps } from '../../kernel/deps.ts'
import { AuthError } from '../../kernel/failure.ts'
import type { Written } from '../../kernel/lazy.ts'
import { sessionNotFound } from './failures.ts'
import type { Access } from './signed-in.ts'
import type { ListedSession } from './state/messages.ts'
import type { SessionList } from './wire.ts'

// Each is one call: the object itself checks that the caller's session lives.

export async function listSessions(deps: Deps, { subject, sessionId }: Access): Promise<Written<typeof SessionList>> {
  const listed = await deps.askSessions(subject, (object) => object.list({ caller: sessionId }))
  if (!listed.ok) throw new AuthError(invalidAccessToken, { reason: `session ${listed.error}` })
  return { sessions: listed.value.sessions.map((session) => shownSession(session, sessionId)) }
}

export async function endSession(deps: Deps, { subject, sessionId: caller }: Access, sessionId: string): Promise<void> {
  const ended = await deps.askSessions(subject, (object) => object.end({ sessionId, caller, reason: 'revoked' }))
  if (!ended.ok) throw new AuthError(invalidAccessToken, { reason: `session ${ended.error}` })
  if (ended.value.state === 'absent') throw new AuthError(sessionNotFound)
}

export async function endOtherSessions(deps: Deps, { subject, sessionId: keep }: Access): Promise<void> {
  const ended = await deps.askSessions(subject, (object) => object.endAllBut({ keep, reason: 'revoked' }))
  if (!ended.ok) throw new AuthError(invalidAccessToken, { reason: `session ${ended.error}` })
}

export const shownSession = (session: ListedSession, current: string | null) => ({
  id: session.id,
  current: session.id === current,
  created_at: new Date(session.createdAt).toISOString(),
  last_used_at: new Date(session.lastUsedAt).toISOString(),
  address: session.address,
  country: session.country,
  device: session.device,
  transport: session.transport,
  amr: session.amr,
})
