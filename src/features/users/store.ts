import { and, eq, isNotNull, type SQL, sql } from 'drizzle-orm'
import type { Database } from '../../db/database.ts'
import { violates } from '../../db/failure.ts'
import { identifiers, users } from '../../db/schema.ts'
import type { Deps } from '../../kernel/deps.ts'
import { AuthError } from '../../kernel/failure.ts'
import { type Recording, recording } from '../events/record.ts'
import type { NewEvent } from '../events/types.ts'
import { networkKeysOf } from '../guard/calls.ts'
import { requireNetwork } from '../guard/with-budget.ts'
import { identifierTaken } from './failures.ts'
import type { NewUser, User } from './user.ts'
import { userRegistered, welcomed } from './user-events.ts'

export const USER_COLUMNS = {
  userId: users.userId,
  subject: users.subject,
  status: users.status,
  version: users.version,
  authVersion: users.authVersion,
  username: users.username,
  email: users.email,
  emailVerifiedAt: users.emailVerifiedAt,
  fullName: users.fullName,
  locale: users.locale,
  roles: users.roles,
  passwordHash: users.passwordHash,
  createdAt: users.createdAt,
}

/** By the canonical form of a username or an address: everything that a log-in needs to know. */
export async function findByIdentifier(db: Database, identifier: string): Promise<User | null> {
  const [user] = await (await db())
    .select(USER_COLUMNS)
    .from(identifiers)
    .innerJoin(users, eq(users.userId, identifiers.userId))
    .where(and(eq(identifiers.identifier, identifier), isNotNull(identifiers.kind)))
  return user ?? null
}

export async function findById(db: Database, userId: number): Promise<User | null> {
  const [user] = await (await db()).select(USER_COLUMNS).from(users).where(eq(users.userId, userId))
  return user ?? null
}

/** True also for a former address that is reserved for its owner. */
export async function isTaken(db: Database, identifier: string): Promise<boolean> {
  const rows = await (await db())
    .select({ kind: identifiers.kind })
    .from(identifiers)
    .where(eq(identifiers.identifier, identifier))
  return rows.length > 0
}

/** The event in place of the welcome, and further CTEs that may read the CTE `inserted`. */
export type FirstEvent = { event: NewEvent; ctes: SQL }

type Inserted = { userId: number; recorded: Recording }

/**
 * Inserts the user, their identifiers and the event in one statement. Of several concurrent registrations of a name, the primary
 * key of `identifiers` lets one through, and the others leave no row.
 */
export async function insertUser(
  { markedDb, sinksOn, client, guard }: Pick<Deps, 'markedDb' | 'sinksOn' | 'client' | 'guard'>,
  user: NewUser,
  first: FirstEvent | null,
): Promise<Inserted> {
  const { subject, names, fullName, passwordHash } = user
  const { email, username } = names
  const at = user.createdAt.toISOString()
  const taken = [sql`(${email}, 'email')`, ...(username ? [sql`(${username.canonical}, 'username')`] : [])]
  const event = userRegistered(user)
  const from = networkKeysOf(guard.nameOf, requireNetwork(client.address))
  const events = first
    ? ([event, first.event] as const)
    : ([welcomed(event, { to: email, locale: client.language }, from)] as const)
  const recorded = recording(sinksOn, { events, at: user.createdAt, change: 'inserted' })
  try {
    const { rows } = await (await markedDb()).execute<{ user_id: string }>(sql`
      with inserted as (
        insert into users (subject, username, email, full_name, password_hash, created_at, updated_at)
        values (${subject}, ${username?.shown ?? null}, ${email}, ${fullName}, ${passwordHash}, ${at}, ${at})
        returning user_id
      ), named as (
        insert into identifiers (identifier, kind, user_id)
        select taken.identifier, taken.kind, inserted.user_id
        from inserted, (values ${sql.join(taken, sql`, `)}) as taken (identifier, kind)
      )${first?.ctes ?? sql``}${recorded.ctes}
      select user_id from inserted`)
    return { userId: Number(rows[0]?.user_id), recorded }
  } catch (error) {
    throw asTaken(error)
  }
}

/** Turns a conflict on the primary key of `identifiers` into `identifier_taken`. */
export const asTaken = (error: unknown): unknown =>
  violates(error, 'identifiers_pkey') ? new AuthError(identifierTaken) : error
