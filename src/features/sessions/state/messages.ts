import type { Claims, EndReason, SessionEvent, Status, Transport } from './types.ts'

/** Refusals are values: an error loses its own properties on its way out of an object. */
export type Answer<Value, Code extends string = never> = { ok: true; value: Value } | { ok: false; error: Code }

export const yes = <Value>(value: Value): { ok: true; value: Value } => ({ ok: true, value })
export const no = <Code extends string>(error: Code): { ok: false; error: Code } => ({ ok: false, error })

export type Versions = { version: number; authVersion: number }

export type ClientFacts = { address: string; country: string | null; network: string; userAgent: string }

/** What tokens are made of, and no more, since every name of it travels with each refresh; times in milliseconds. */
export type TokenFacts = {
  sessionId: string
  userId: number
  claims: Claims
  clientId: string
  transport: Transport
  /** Of the refresh token that the caller is to get, or already has. */
  generation: number
  idleEnd: number
  absoluteEnd: number
  /** The object's clock at this answer. */
  now: number
}

/** What is known of a live session. */
export type SessionFacts = Versions &
  TokenFacts & { status: Status; amr: string[]; authTime: number; createdAt: number }

export type Open = Versions & {
  userId: number
  claims: Claims
  /** The device has shown that it was here before. */
  knownDevice?: boolean
  session: ClientFacts & { id: string; secretHash: string; clientId: string; transport: Transport; amr: string[] }
  policy: { cap: number; onFull: 'evict' | 'refuse'; idleSeconds: number; absoluteSeconds: number }
}
/**
 * stale: sessions have been ended since the log-in read the user; gone: the user was deleted; full: the cap refuses;
 * ended: this very session was opened before and has ended; conflict: the id belongs to another secret or user.
 */
export type OpenRefusal = 'stale' | 'gone' | 'disabled' | 'full' | 'ended' | 'conflict'
export type Opened = Answer<TokenFacts, OpenRefusal>

export type Rotate = ClientFacts & {
  sessionId: string
  secretHash: string
  generation: number
  transport: Transport
  policy: { graceSeconds: number; idleSeconds: number }
}
export type RotateRefusal = 'unknown' | 'wrong_transport' | 'ended' | 'stolen' | 'generation_ahead'
export type Rotated = Answer<TokenFacts, RotateRefusal>

/**
 * A refresh token comes with its secret and its transport. Without them the caller has proved itself by other means, such
 * as a signed access token. `caller` is the session that asks, where it must still live.
 */
export type End = {
  sessionId: string
  secretHash?: string
  transport?: Transport
  caller?: string
  reason: EndReason
}
/** `absent`: there is no such session, or it ended so long ago that it is forgotten. */
export type Ended = Answer<{ state: 'ended' | 'ended_before' | 'absent' }, 'unknown' | 'wrong_transport'>

/** `proof` is the current refresh token, `caller` the session of a live access token; with neither, the caller is trusted. */
export type EndAll = {
  proof?: { sessionId: string; secretHash: string; generation: number; transport: Transport }
  caller?: string
  reason: EndReason
}
export type EndAllRefusal = 'unknown' | 'wrong_transport' | 'not_current'
export type EndAllBut = { keep: string; reason: EndReason }
export type EndedMany<Code extends string = never> = Answer<{ ended: string[] }, Code>

export type List = { caller?: string }
export type ListedSession = {
  id: string
  createdAt: number
  lastUsedAt: number
  address: string
  country: string | null
  device: string
  transport: Transport
  amr: string[]
}
export type Listed = Answer<{ sessions: ListedSession[] }, 'unknown'>

/** `generation`: that of the refresh token beside which the access token was issued, where the caller knows it. */
export type Look = { sessionId: string; generation?: number }
export type Looked = Answer<SessionFacts, 'unknown' | 'ended'>

/** `keep` only where the change itself raised `authVersion`, and by one: the session that made the change lives on. */
export type Advance = Versions & {
  userId: number
  claims: Claims
  status: Status
  keep?: string
  reason: EndReason
}
export type Advanced = Answer<Versions & { status: Status; ended: string[] }, 'gone'>

export type Bury = Versions & { userId: number }

export type OutboxEvent = SessionEvent & { id: string }

/** The object as its callers see it. A stub's own types give a promise for each kind of answer, not one for all. */
export type SessionObject = {
  open(message: Open): Promise<Opened>
  rotate(message: Rotate): Promise<Rotated>
  end(message: End): Promise<Ended>
  endAll(message: EndAll): Promise<EndedMany<EndAllRefusal>>
  endAllBut(message: EndAllBut): Promise<EndedMany<'unknown'>>
  list(message: List): Promise<Listed>
  look(message: Look): Promise<Looked>
  advance(message: Advance): Promise<Advanced>
  bury(message: Bury): Promise<EndedMany>
}
