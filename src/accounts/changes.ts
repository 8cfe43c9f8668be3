import { and, eq, ne, sql } from 'drizzle-orm'
import type { Client, Database } from '../db/database.ts'
import { violates } from '../db/failure.ts'
import { identifiers, users } from '../db/schema.ts'
import type { Status } from '../sessions/state/types.ts'
import { asTaken, USER_COLUMNS } from './store.ts'
import type { User } from './user.ts'

// Every change raises `version` in the statement that makes it, so no two states of a user ever share a number;
// `authVersion` rises beside it where sessions must end.
const raised = { version: sql`${users.version} + 1` }
const raisedToEndSessions = { ...raised, authVersion: sql`${users.authVersion} + 1` }

/** Only over the hash that was verified: of two changes that race, one finds another hash there and changes nothing. */
export async function replacePassword(db: Database, user: User, passwordHash: string, now: Date): Promise<User | null> {
  const [changed] = await (await db())
    .update(users)
    .set({ ...raisedToEndSessions, passwordHash, updatedAt: now })
    .where(and(eq(users.userId, user.userId), eq(users.passwordHash, user.passwordHash ?? '')))
    .returning(USER_COLUMNS)
  return changed ?? null
}

/** The same password, hashed anew: nobody's session ends and nothing that others copied has changed. */
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

/** The name is claimed and the user changed in one transaction. */
export async function changeProfile(
  db: Database,
  userId: number,
  change: ProfileChange,
  now: Date,
): Promise<User | null> {
  const { username, ...rest } = change
  const client = await db()
  const update = client
    .update(users)
    .set({ ...raised, ...rest, ...(username !== undefined && { username: username?.shown ?? null }), updatedAt: now })
    .where(eq(users.userId, userId))
    .returning(USER_COLUMNS)
  if (username === undefined) return (await update)[0] ?? null
  try {
    const [[changed]] = await client.batch([
      update,
      username ? claim(client, userId, username.canonical) : release(client, userId),
    ])
    return changed ?? null
  } catch (error) {
    // Deleted since the caller's session was looked at: nobody is left to have a name.
    if (violates(error, 'identifiers_user_id_users_user_id_fk')) return null
    throw asTaken(error)
  }
}

const claim = (client: Client, userId: number, identifier: string) =>
  client
    .insert(identifiers)
    .values({ identifier, kind: 'username', userId })
    .onConflictDoUpdate({ target: [identifiers.userId, identifiers.kind], set: { identifier } })

const release = (client: Client, userId: number) =>
  client.delete(identifiers).where(and(eq(identifiers.userId, userId), eq(identifiers.kind, 'username')))

/** Null where nothing had to change. Disabling ends sessions; enabling lets new ones begin. */
export async function changeStatus(db: Database, userId: number, status: Status, now: Date): Promise<User | null> {
  const [changed] = await (await db())
    .update(users)
    .set({ ...(status === 'disabled' ? raisedToEndSessions : raised), status, updatedAt: now })
    .where(and(eq(users.userId, userId), ne(users.status, status)))
    .returning(USER_COLUMNS)
  return changed ?? null
}

/** Nothing of the user changes but that every session so far is one too many. */
export async function outdateSessions(db: Database, userId: number, now: Date): Promise<User | null> {
  const [changed] = await (await db())
    .update(users)
    .set({ ...raisedToEndSessions, updatedAt: now })
    .where(eq(users.userId, userId))
    .returning(USER_COLUMNS)
  return changed ?? null
}

export async function changeRoles(db: Database, userId: number, roles: string[], now: Date): Promise<User | null> {
  const [changed] = await (await db())
    .update(users)
    .set({ ...raised, roles, updatedAt: now })
    .where(eq(users.userId, userId))
    .returning(USER_COLUMNS)
  return changed ?? null
}

/** Only with the password that was verified, so a change of it in between is not overrun. The names become free. */
export async function deleteUser(db: Database, user: User): Promise<boolean> {
  const gone = await (await db())
    .delete(users)
    .where(and(eq(users.userId, user.userId), eq(users.passwordHash, user.passwordHash ?? '')))
    .returning({ userId: users.userId })
  return gone.length > 0
}
