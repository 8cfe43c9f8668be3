import { and, eq, ne, or, type SQL, sql } from 'drizzle-orm'
import type { TypedQueryBuilder } from 'drizzle-orm/query-builders/query-builder'
import type { Client, Database } from '../../db/database.ts'
import { violates } from '../../db/failure.ts'
import { identifiers, users } from '../../db/schema.ts'
import type { Deps } from '../../kernel/deps.ts'
import { deliver } from '../events/deliver.ts'
import { recording } from '../events/record.ts'
import type { NewEvent } from '../events/types.ts'
import type { Status } from '../sessions/state/types.ts'
import { asTaken, USER_COLUMNS } from './store.ts'
import type { User } from './user.ts'
import { type Ending, mailed, userChanged } from './user-events.ts'

// Every change raises `version` in the statement that makes it, so no two states of a user ever share a number;
// `authVersion` rises beside it where sessions must end.
const raised = { version: sql`${users.version} + 1` }
const raisedToEndSessions = { ...raised, authVersion: sql`${users.authVersion} + 1` }

/** Replaces only the hash that was verified. Of two concurrent changes, the second finds another hash and changes nothing. */
export const replacePassword = (deps: Deps, user: User, passwordHash: string, ending: Ending): Promise<User | null> =>
  apply(deps, mailed(userChanged('password_changed', ending), 'password_changed', deps.client.language), (db, now) =>
    db
      .update(users)
      .set({ ...raisedToEndSessions, passwordHash, updatedAt: now })
      .where(and(eq(users.userId, user.userId), eq(users.passwordHash, user.passwordHash ?? '')))
      .returning(USER_COLUMNS),
  )

/** Stores a new hash of the same password. No session ends and no version rises. */
export async function renewHash(db: Database, user: User, passwordHash: string): Promise<void> {
  await (await db())
    .update(users)
    .set({ passwordHash })
    .where(and(eq(users.userId, user.userId), eq(users.passwordHash, user.passwordHash ?? '')))
}

export type ProfileChange = {
  fullName?: string | null
  locale?: string | null
  /** Null: the e-mail address serves again. */
  username?: { shown: string; canonical: string } | null
}

/** Takes the name and changes the user in one transaction. Null if nothing differs, or if the user is gone. */
export async function changeProfile(deps: Deps, userId: number, change: ProfileChange): Promise<User | null> {
  const { username, ...rest } = change
  const wanted = { ...rest, ...(username !== undefined && { username: username?.shown ?? null }) }
  const differs = differing(wanted)
  if (!differs) return null
  const event = userChanged('user_updated', { reason: 'revoked' })
  const update = (db: Client, now: Date) =>
    db
      .update(users)
      .set({ ...raised, ...wanted, updatedAt: now })
      .where(and(eq(users.userId, userId), differs))
      .returning(USER_COLUMNS)
  if (username === undefined) return apply(deps, event, update)
  const db = await deps.db()
  const { query, deliverNow } = prepare(deps, db, event, update)
  try {
    // Locks the user before the comparison: without a difference the update locks nothing, and a stale name could be set.
    const locked = db.select({ userId: users.userId }).from(users).where(eq(users.userId, userId)).for('no key update')
    const naming = username ? takeName(db, userId, username.canonical) : freeName(db, userId)
    const [, [user]] = await db.batch([locked, query, naming])
    if (user) deliverNow()
    return user ?? null
  } catch (error) {
    // The user was deleted after the check of the session.
    if (violates(error, 'identifiers_user_id_users_user_id_fk')) return null
    throw asTaken(error)
  }
}

/** An unchanged form raises no version and records no event. Undefined if no field was given. */
const differing = (wanted: Partial<Pick<User, 'fullName' | 'locale' | 'username'>>) =>
  or(
    ...(['fullName', 'locale', 'username'] as const)
      .filter((column) => wanted[column] !== undefined)
      .map((column) => sql`${users[column]} is distinct from ${wanted[column]}::text`),
  )

const takeName = (client: Client, userId: number, identifier: string) =>
  client
    .insert(identifiers)
    .values({ identifier, kind: 'username', userId })
    .onConflictDoUpdate({
      target: [identifiers.userId, identifiers.kind],
      set: { identifier },
      setWhere: ne(identifiers.identifier, identifier),
    })

const freeName = (client: Client, userId: number) =>
  client.delete(identifiers).where(and(eq(identifiers.userId, userId), eq(identifiers.kind, 'username')))

/** Null if the status was the same. Disabling ends all sessions; enabling allows new ones. */
export function changeStatus(deps: Deps, userId: number, status: Status): Promise<User | null> {
  const disabled = status === 'disabled'
  const event = userChanged(disabled ? 'user_disabled' : 'user_enabled', { reason: reasonFor(status) })
  return apply(deps, event, (db, now) =>
    db
      .update(users)
      .set({ ...(disabled ? raisedToEndSessions : raised), status, updatedAt: now })
      .where(and(eq(users.userId, userId), ne(users.status, status)))
      .returning(USER_COLUMNS),
  )
}

/** Ends all sessions and changes nothing else. The session object records the events. */
export const outdateSessions = (deps: Deps, userId: number): Promise<User | null> =>
  apply(deps, userChanged('sessions_outdated', { reason: 'revoked' }), (db, now) =>
    db
      .update(users)
      .set({ ...raisedToEndSessions, updatedAt: now })
      .where(eq(users.userId, userId))
      .returning(USER_COLUMNS),
  )

export const changeRoles = (deps: Deps, userId: number, roles: string[]): Promise<User | null> =>
  apply(deps, userChanged('roles_changed', { reason: 'revoked' }), (db, now) =>
    db
      .update(users)
      .set({ ...raised, roles, updatedAt: now })
      .where(eq(users.userId, userId))
      .returning(USER_COLUMNS),
  )

export const reasonFor = (status: Status) => (status === 'disabled' ? 'user_disabled' : 'revoked')

type Change = (db: Client, now: Date) => TypedQueryBuilder<typeof USER_COLUMNS>

/** Runs a change and records its event in the same statement. Null if nothing changed. */
async function apply(deps: Deps, event: NewEvent, change: Change): Promise<User | null> {
  const { query, deliverNow } = prepare(deps, await deps.markedDb(), event, change)
  const [user] = await query
  if (user) deliverNow()
  return user ?? null
}

/** `besides`: further CTEs by name. They may read the CTEs `changed` and `counted`. */
export function prepare(deps: Deps, db: Client, event: NewEvent, change: Change, besides: Record<string, SQL> = {}) {
  const now = deps.now()
  const cte = db.$with('changed').as(change(db, now))
  const recorded = recording(deps.sinksOn, { events: [event], at: now, change: 'changed' })
  const query = db
    .with(cte, ...recorded.withs(db), ...Object.entries(besides).map(([name, more]) => db.$with(name, {}).as(more)))
    .select()
    .from(cte)
  return { query, deliverNow: () => deps.later(deliver(deps, recorded)) }
}
