import { and, eq, type SQL, sql } from 'drizzle-orm'
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core'
import { asTaken, USER_COLUMNS } from '../accounts/store.ts'
import type { User } from '../accounts/user.ts'
import type { Client } from '../db/database.ts'
import { users } from '../db/schema.ts'
import { deliver } from '../events/deliver.ts'
import { recording } from '../events/record.ts'
import type { NewEvent } from '../events/types.ts'
import type { Deps } from '../platform/deps.ts'

type Change = {
  events: readonly [NewEvent, ...NewEvent[]]
  set: PgUpdateSetSource<typeof users>
  where?: SQL[]
  /** What else follows from the change, as CTEs by their names. */
  besides?: Record<string, SQL>
  /** What has to be locked before the statement looks at anything, in the same transaction and round trip. */
  first?: readonly [SQL, SQL]
}

/**
 * The code and what it allows in one statement: redeemed, the user changed, and others told, or none of it. Null where the code
 * was not right, or the user is no longer the one it was sent to.
 */
export async function changingBy(deps: Deps, tried: SQL, change: Change): Promise<User | null> {
  const db = await deps.db()
  const now = deps.now()
  const recorded = recording(deps.sinksOn, { events: change.events, at: now, change: 'changed' })
  const cte = db.$with('tried', {}).as(tried)
  const changed = db.$with('changed').as(
    db
      .update(users)
      .set({ version: sql`${users.version} + 1`, updatedAt: now, ...change.set })
      .from(sql`tried`)
      .where(
        and(
          eq(users.userId, sql`tried.user_id`),
          sql`tried.redeemed`,
          eq(users.status, 'active'),
          ...(change.where ?? []),
        ),
      )
      .returning(USER_COLUMNS),
  )
  try {
    const query = db
      .with(cte, changed, ...besidesOf(db, change.besides), ...recorded.withs(db))
      .select()
      .from(changed)
    const [one, two] = change.first ?? []
    const [user] = one && two ? (await db.batch([db.execute(one), db.execute(two), query]))[2] : await query
    if (user) deps.later(deliver(deps, recorded))
    return user ?? null
  } catch (error) {
    throw asTaken(error)
  }
}

const besidesOf = (db: Client, besides: Record<string, SQL> = {}) =>
  Object.entries(besides).map(([name, statement]) => db.$with(name, {}).as(statement))
