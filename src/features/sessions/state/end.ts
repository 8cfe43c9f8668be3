import { type Draft, endEach, endSession, isLive, liveSessions, sessionOf } from './draft.ts'
import {
  type End,
  type EndAll,
  type EndAllBut,
  type EndAllRefusal,
  type Ended,
  type EndedMany,
  no,
  yes,
} from './messages.ts'
import { hasSecret } from './rotate.ts'

export function isLiveId(draft: Draft, id: string): boolean {
  const session = sessionOf(draft, id)
  return session !== undefined && isLive(session)
}

/** A refresh token of any generation ends its own session, so the generation is not asked for. */
export function end(draft: Draft, { sessionId, secretHash, transport, caller, reason }: End): Ended {
  if (caller !== undefined && !isLiveId(draft, caller)) return no('unknown')
  const session = sessionOf(draft, sessionId)
  if (session === undefined) return yes({ state: 'absent' })
  if (secretHash !== undefined && !hasSecret(session, secretHash)) return no('unknown')
  if (transport !== undefined && transport !== session.transport) return no('wrong_transport')
  if (!isLive(session)) return yes({ state: 'ended_before' })
  endSession(draft, session, reason)
  return yes({ state: 'ended' })
}

/**
 * Only the current generation, without grace. The holder of the previous token can refresh first, and an old token from a log
 * file must not end all sessions of its owner.
 */
export function endAll(draft: Draft, { proof, caller, reason }: EndAll): EndedMany<EndAllRefusal> {
  if (caller !== undefined && !isLiveId(draft, caller)) return no('unknown')
  if (proof !== undefined) {
    const session = sessionOf(draft, proof.sessionId)
    if (session === undefined || !isLive(session) || !hasSecret(session, proof.secretHash)) return no('unknown')
    if (session.transport !== proof.transport) return no('wrong_transport')
    if (session.generation !== proof.generation) return no('not_current')
  }
  return yes({ ended: endEach(draft, liveSessions(draft), reason) })
}

export function endAllBut(draft: Draft, { keep, reason }: EndAllBut): EndedMany<'unknown'> {
  if (!isLiveId(draft, keep)) return no('unknown')
  const others = liveSessions(draft).filter((session) => session.id !== keep)
  return yes({ ended: endEach(draft, others, reason) })
}
