export type Transport = 'body' | 'cookie'
export type Status = 'active' | 'disabled'

/** What an access token says about the user; newer versions replace older ones, never the other way. */
export type Claims = { username: string; roles: string[]; emailVerified: boolean }

export type EndReason =
  | 'logged_out'
  | 'logged_out_everywhere'
  | 'revoked'
  | 'password_changed'
  | 'password_reset'
  | 'email_changed'
  | 'user_disabled'
  | 'user_deleted'
  | 'superseded'
  | 'evicted'
  | 'idle'
  | 'absolute'
  | 'stolen'
  | 'generation_ahead'

/** All times are milliseconds of the object's own clock. */
export type Session = {
  id: string
  secretHash: string
  clientId: string
  transport: Transport
  amr: string[]
  authTime: number
  authVersion: number
  createdAt: number
  lastUsedAt: number
  /** Never beyond `absoluteEnd`. */
  idleEnd: number
  absoluteEnd: number
  address: string
  country: string | null
  device: string
  /** Where and with what the current generation was fetched. */
  network: string
  agent: string
  /** Of the newest refresh token issued. */
  generation: number
  rotatedAt: number
  /** Somebody has shown that the newest tokens reached a client. */
  arrived: boolean
  /** The generation at which a shadowed refresh was last recorded, and when; 0 for never. */
  shadowedAt: number
  shadowRecordedAt: number
  endedAt: number | null
  endReason: EndReason | null
  /** Right secrets presented after the end. */
  knocks: number
}

export type Account = {
  userId: number
  version: number
  authVersion: number
  status: Status
  claims: Claims
  /** The user was deleted: nothing opens here again. */
  buried: boolean
  /** Events that found the outbox full and have not been reported yet. */
  dropped: number
  /** The highest time known when this was last written. */
  clock: number
}

export type State = {
  account: Account | null
  /** In the order of their creation. */
  sessions: ReadonlyMap<string, Session>
  /** The highest time seen; never runs backwards. */
  clock: number
  /** How many events wait in the outbox. */
  waiting: number
}

export type EventType =
  | 'session_opened'
  | 'session_evicted'
  | 'session_ended'
  | 'session_stolen'
  | 'refresh_shadowed'
  | 'generation_ahead'
  | 'events_dropped'

export type SessionEvent = {
  at: number
  type: EventType
  payload: { user_id: number; [name: string]: string | number | boolean | string[] | null }
}

/** What has to be written, all of it in one transaction. */
export type Changes = {
  account: Account | null
  opened: Session[]
  updated: { before: Session; after: Session }[]
  removed: string[]
  events: SessionEvent[]
}
