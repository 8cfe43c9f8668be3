import { learn } from './advance.ts'
import { nameOfDevice } from './device.ts'
import {
  type Draft,
  endSession,
  isLive,
  liveSessions,
  put,
  record,
  sessionOf,
  sessionsOf,
  tokenFactsOf,
} from './draft.ts'
import { no, type Open, type Opened, yes } from './messages.ts'
import { AGENT_KEPT, FIRST_GENERATION } from './rotate.ts'
import type { Session } from './types.ts'

function newSession({ session, authVersion, policy }: Open, now: number): Session {
  const { id, secretHash, clientId, transport, amr, address, country, network, userAgent } = session
  const absoluteEnd = now + policy.absoluteSeconds * 1000
  return {
    id,
    secretHash,
    clientId,
    transport,
    amr,
    authVersion,
    address,
    country,
    network,
    agent: userAgent.slice(0, AGENT_KEPT),
    device: nameOfDevice(userAgent),
    createdAt: now,
    authTime: now,
    lastUsedAt: now,
    rotatedAt: now,
    idleEnd: Math.min(now + policy.idleSeconds * 1000, absoluteEnd),
    absoluteEnd,
    generation: FIRST_GENERATION,
    arrived: false,
    shadowedAt: 0,
    shadowRecordedAt: 0,
    endedAt: null,
    endReason: null,
    knocks: 0,
  }
}

/**
 * For clients that keep no device token: as good as known are the same kind of device and the same network. Whoever logs in for
 * the first time has nothing to compare with, and need not be told.
 */
const isNewDevice = (opened: Session, before: readonly Session[]): boolean =>
  before.length > 0 && !before.some(({ device, network }) => device === opened.device && network === opened.network)

/** A log-in read the user as active, so newer versions than ours also say that the user is active. */
export function open(draft: Draft, message: Open): Opened {
  const { session, policy } = message
  if (draft.account?.buried) return no('gone')
  if (draft.account !== null && draft.account.userId !== message.userId) return no('conflict')
  if (draft.account !== null && message.authVersion < draft.account.authVersion) return no('stale')
  const { account } = learn(draft, { ...message, status: 'active', reason: 'superseded' })
  if (account.status !== 'active') return no('disabled')

  const same = sessionOf(draft, session.id)
  if (same !== undefined) {
    if (same.secretHash !== session.secretHash) return no('conflict')
    return isLive(same) ? yes(tokenFactsOf(draft, account, same)) : no('ended')
  }

  const live = liveSessions(draft)
  const tooMany = live.length + 1 - Math.max(1, policy.cap)
  if (tooMany > 0 && policy.onFull === 'refuse') return no('full')
  for (const oldest of live.slice(0, Math.max(0, tooMany))) endSession(draft, oldest, 'evicted', 'session_evicted')

  const before = sessionsOf(draft)
  const opened = put(draft, newSession(message, draft.now))
  const isNew = message.knownDevice !== true && isNewDevice(opened, before)
  record(draft, 'session_opened', opened, isNew ? { new_device: true } : {})
  return yes(tokenFactsOf(draft, account, opened))
}
