import { type SQL, sql } from 'drizzle-orm'
import { MAIL } from '../events/lines.ts'
import type { NewEvent } from '../events/types.ts'
import type { NetworkKeys } from '../guard/calls.ts'
import { mailPayload, mailPayloadSql, type Recipient } from '../mail/mail-payload.ts'
import type { TemplateName } from '../mail/templates.ts'
import type { EndReason } from '../sessions/state/types.ts'
import type { NewUser } from './user.ts'

// Events of a user are made of what the CTE `changed` returns, so they say exactly what the statement has written.

const iso = (column: SQL) => sql`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

const username = sql`coalesce(changed.username, changed.email)`
const verified = sql`changed.email_verified_at is not null`

/** All fields of a user that a sink may get. The catalogue selects those that are published. */
const person = sql`jsonb_build_object('username', ${username}, 'email', changed.email, 'full_name', changed.full_name,
  'created_at', ${iso(sql`changed.created_at`)}, 'email_verified', ${verified}, 'version', changed.version,
  'roles', to_jsonb(changed.roles), 'locale', changed.locale)`

/** The session object is told before the answer. This row is the fallback. */
const advance = ({ reason, keep }: Ending) => sql`jsonb_build_object('subject', changed.subject, 'advance',
  jsonb_build_object('userId', changed.user_id, 'version', changed.version, 'authVersion', changed.auth_version,
    'claims', jsonb_build_object('username', ${username}, 'roles', to_jsonb(changed.roles), 'emailVerified', ${verified}),
    'status', changed.status, 'reason', ${reason}::text) || ${JSON.stringify({ keep })}::jsonb)`

const bury = sql`jsonb_build_object('subject', changed.subject, 'bury', jsonb_build_object('userId', changed.user_id,
  'version', changed.version + 1, 'authVersion', changed.auth_version + 1))`

const profile = sql`jsonb_build_object('write', jsonb_build_object('user_id', changed.user_id, 'username', ${username},
  'version', changed.version, 'email', changed.email, 'full_name', changed.full_name,
  'created_at', ${iso(sql`changed.created_at`)}))`

/** Which sessions the change ends, and why. `keep` is the one that made it. */
export type Ending = { reason: EndReason; keep?: string }

export const userChanged = (type: string, ending: Ending): NewEvent => ({
  type,
  userId: sql`changed.user_id`,
  payload: person,
  payloads: { sessions: advance(ending), profile },
})

/** Names the user id only: personal data is deleted with the user. */
export const userGone = (): NewEvent => ({
  type: 'user_deleted',
  userId: sql`changed.user_id`,
  payload: {},
  payloads: { sessions: bury, profile: sql`jsonb_build_object('forget', changed.user_id)` },
})

/** For a registration that was completed by confirming its address. */
export const userCreated = (): NewEvent => ({
  type: 'user_registered',
  userId: sql`changed.user_id`,
  payload: person,
  payloads: { profile },
})

/** Adds a mail to the user's new address. An unconfirmed address may belong to a stranger, so mail to it is capped. */
export const mailed = (event: NewEvent, template: TemplateName, language: string | null): NewEvent => {
  const to = { to: sql`changed.email`, locale: sql`coalesce(changed.locale, ${language}::text)` }
  return {
    ...event,
    payloads: { ...event.payloads, [MAIL]: mailPayloadSql(template, to, {}, { capped: sql`not ${verified}` }) },
  }
}

/** Only the user id comes from the statement. */
export const userRegistered = ({ names, fullName, createdAt }: NewUser): NewEvent => ({
  type: 'user_registered',
  userId: sql`inserted.user_id`,
  payload: {
    username: names.username?.shown ?? names.email,
    email: names.email,
    full_name: fullName,
    created_at: createdAt.toISOString(),
  },
})

/** Anybody can type anybody's address, so this mail is capped. */
export const welcomed = (event: NewEvent, recipient: Recipient, from: NetworkKeys): NewEvent => ({
  ...event,
  payloads: { [MAIL]: mailPayload('welcome', recipient, {}, { capped: true, from }) },
})
