import { type Draft, endEach, liveSessions, put, sessionsOf } from './draft.ts'
import { type Advance, type Advanced, type Bury, type EndedMany, no, yes } from './messages.ts'
import type { Account } from './types.ts'

/** Counters never fall; claims and status belong to the version that they came with. */
function newer(known: Account | null, news: Advance): Account {
  const { userId, version, authVersion, status, claims } = news
  if (known === null) return { userId, version, authVersion, status, claims, buried: false, dropped: 0, clock: 0 }
  if (version <= known.version && authVersion <= known.authVersion) return known
  const told = version > known.version ? { version, status, claims } : {}
  return { ...known, ...told, authVersion: Math.max(authVersion, known.authVersion) }
}

/**
 * A kept session moves to the new auth version only from the version just before. If a version in between is missing, it may have
 * ended this session too, and it would come too late to be applied.
 */
export function learn(draft: Draft, news: Advance): { account: Account; ended: string[] } {
  const account = newer(draft.account, news)
  draft.account = account
  const over = liveSessions(draft).filter((session) => {
    if (account.status === 'disabled') return true
    if (session.authVersion >= account.authVersion) return false
    return session.id !== news.keep || session.authVersion < account.authVersion - 1
  })
  const ended = endEach(draft, over, news.reason)
  for (const session of liveSessions(draft)) {
    if (session.authVersion < account.authVersion) put(draft, { ...session, authVersion: account.authVersion })
  }
  return { account, ended }
}

/** Consumers find every field of the event, and nothing in them. */
const NOWHERE = { device: '', address: '', country: null }

export function advance(draft: Draft, message: Advance): Advanced {
  if (draft.account?.buried) return no('gone')
  const { account, ended } = learn(draft, message)
  return yes({ version: account.version, authVersion: account.authVersion, status: account.status, ended })
}

/**
 * The tombstone holds numbers only, since personal data is deleted with the user. The last events of the sessions name no address
 * and no device either.
 */
export function bury(draft: Draft, { userId, version, authVersion }: Bury): EndedMany {
  const claims = { username: '', roles: [], emailVerified: false }
  const news: Advance = { userId, version, authVersion, claims, status: 'disabled', reason: 'user_deleted' }
  const { account, ended } = learn(draft, news)
  ended.push(...endEach(draft, liveSessions(draft), 'user_deleted'))
  for (const { payload } of draft.events) Object.assign(payload, NOWHERE)
  for (const session of sessionsOf(draft)) draft.removed.add(session.id)
  if (!account.buried) draft.account = { ...account, status: 'disabled', claims, buried: true }
  return yes({ ended })
}
