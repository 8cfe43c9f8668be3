import { nameOfDevice } from './device.ts'
import { type Draft, endSession, isLive, put, record, sessionOf, tokenFactsOf } from './draft.ts'
import { no, type Rotate, type Rotated, yes } from './messages.ts'
import type { Session } from './types.ts'

export const FIRST_GENERATION = 1
export const AGENT_KEPT = 256
const LOST_ANSWER_WINDOW = 60_000
/** The holder of two tokens could cause an event with every generation. One in this time is enough. */
const SHADOWS_APART = 60 * 60_000
/** Counting stops here, so that a patient thief does not cause a write with every use. */
const KNOCKS_COUNTED = 1_000

/**
 * Compares every character, so the time does not show where the two differ. A comparison of bytes would need a conversion, which
 * takes longer than the rest of the rule.
 */
export function hasSecret(session: Session, secretHash: string): boolean {
  const stored = session.secretHash
  let differing = stored.length ^ secretHash.length
  for (let at = 0; at < stored.length; at += 1) differing |= stored.charCodeAt(at) ^ secretHash.charCodeAt(at)
  return differing === 0
}

/**
 * Whether the previous token may refresh again. The short grace serves two tabs that refresh at once. While no client has used
 * the successor, its answer may have been lost, so the window is longer.
 */
function mayRepeat(session: Session, generation: number, graceSeconds: number, now: number): boolean {
  if (generation < FIRST_GENERATION || generation !== session.generation - 1) return false
  const grace = graceSeconds * 1000
  const window = session.arrived ? grace : Math.max(grace, LOST_ANSWER_WINDOW)
  return now - session.rotatedAt < window
}

function advanced(session: Session, message: Rotate, now: number): Session {
  const { address, country, network, userAgent, policy } = message
  const agent = userAgent.slice(0, AGENT_KEPT)
  return {
    ...session,
    generation: session.generation + 1,
    rotatedAt: now,
    lastUsedAt: now,
    arrived: false,
    idleEnd: Math.min(now + policy.idleSeconds * 1000, session.absoluteEnd),
    address,
    country,
    network,
    agent,
    // Finding the name tries forty expressions, and almost every refresh comes from the same client.
    device: agent === session.agent ? session.device : nameOfDevice(userAgent),
  }
}

/** Objects of the first version know the generation alone. */
const wasShadowed = ({ shadowedAt, shadowRecordedAt, generation }: Session, now: number): boolean =>
  shadowedAt === generation || now - shadowRecordedAt < SHADOWS_APART

function noteShadow(draft: Draft, session: Session, message: Rotate) {
  const sameClient = session.network === message.network && session.agent === message.userAgent.slice(0, AGENT_KEPT)
  if (sameClient || wasShadowed(session, draft.now)) return
  const shadow = { shadow_address: message.address, shadow_device: nameOfDevice(message.userAgent) }
  const seen = put(draft, {
    ...session,
    shadowedAt: session.generation,
    shadowRecordedAt: draft.now,
    lastUsedAt: draft.now,
  })
  record(draft, 'refresh_shadowed', seen, shadow)
}

/** Lifetimes have been looked at before any rule runs: a session that is over by time has ended. */
export function rotate(draft: Draft, message: Rotate): Rotated {
  const session = sessionOf(draft, message.sessionId)
  const { account } = draft
  if (account === null || session === undefined || !hasSecret(session, message.secretHash)) return no('unknown')
  if (session.transport !== message.transport) return no('wrong_transport')
  if (!isLive(session)) {
    if (session.knocks < KNOCKS_COUNTED) put(draft, { ...session, knocks: session.knocks + 1 })
    return no('ended')
  }
  if (message.generation > session.generation) {
    endSession(draft, session, 'generation_ahead', 'generation_ahead')
    return no('generation_ahead')
  }
  if (message.generation === session.generation) {
    const next = put(draft, advanced(session, message, draft.now))
    return yes(tokenFactsOf(draft, account, next))
  }
  if (mayRepeat(session, message.generation, message.policy.graceSeconds, draft.now)) {
    noteShadow(draft, session, message)
    return yes(tokenFactsOf(draft, account, session))
  }
  endSession(draft, session, 'stolen', 'session_stolen')
  return no('stolen')
}
