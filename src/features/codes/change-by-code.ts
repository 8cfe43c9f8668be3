import { and, eq, type SQL, sql } from 'drizzle-orm'
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core'
import type { Client } from '../../db/database.ts'
import { codes, users } from '../../db/schema.ts'
import type { Deps } from '../../kernel/deps.ts'
import { AuthError } from '../../kernel/failure.ts'
import { deliver } from '../events/deliver.ts'
import { recording } from '../events/record.ts'
import type { NewEvent } from '../events/types.ts'
import { asTaken, USER_COLUMNS } from '../users/store.ts'
import type { User } from '../users/user.ts'
import { invalidCode } from './failures.ts'

/** The presented code, in SQL. */
export type Presented = {
  /** The CTE `tried`: counts the try and redeems the code. */
  tried: SQL
  /** Selects the used row of `codes`, if this request repeats an earlier one. */
  used?: SQL
}

type Change = {
  events: readonly [NewEvent, ...NewEvent[]]
  set: PgUpdateSetSource<typeof users>
  where?: SQL[]
  /** Further CTEs, by name, that depend on the change. */
  besides?: Record<string, SQL>
  /** Locks to take before the statement, in the same transaction and round trip. */
  first?: readonly [SQL, SQL]
}

/** The user after the change. `again`: the code was used before, but the session object could not be told. */
export type Redeemed = { user: User; codeId: string; again: boolean }

/** `met`: a live code was there, and the digits were wrong for it. */
export type Tried = { redeemed: Redeemed | null; met: boolean }

/**
 * One statement redeems the code, changes the user and records the events, or does nothing. It does nothing when the code is
 * wrong, or when the user has changed since the code was sent.
 */
export async function changeByCode(deps: Deps, { tried, used }: Presented, change: Change): Promise<Tried> {
  const db = await deps.markedDb()
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
  const untold = untoldBy(db, used)
  try {
    const query = db
      .with(untold, cte, changed, ...besidesOf(db, change.besides), ...recorded.withs(db))
      .select({
        tried: sql<string | null>`tried.code_id`,
        redeemed: sql<boolean | null>`tried.redeemed`,
        changed: changed._.selectedFields,
        again: untold._.selectedFields,
      })
      .from(sql`(select 1) as once`)
      .leftJoin(sql`tried`, sql`true`)
      .leftJoin(changed, sql`true`)
      .leftJoin(untold, sql`true`)
    const [one, two] = change.first ?? []
    const [row] = one && two ? (await db.batch([db.execute(one), db.execute(two), query]))[2] : await query
    if (row?.tried && row.changed) {
      deps.later(deliver(deps, recorded))
      return { redeemed: { user: row.changed, codeId: row.tried, again: false }, met: false }
    }
    if (row?.again) {
      const { codeId, ...user } = row.again
      return { redeemed: { user, codeId, again: true }, met: false }
    }
    return { redeemed: null, met: row?.redeemed === false }
  } catch (error) {
    throw asTaken(error)
  }
}

export function requireRedeemed({ redeemed }: Tried): Redeemed {
  if (!redeemed) throw new AuthError(invalidCode)
  return redeemed
}

/** The auth version that the session object still has to learn. */
export const untoldVersion = sql<number>`(${codes.untold}->>'auth_version')::int`

/** The user as the code left them, if the session object was not told and no later change has ended the sessions. */
const untoldBy = (db: Client, used: SQL = sql`false`) =>
  db.$with('untold').as(
    db
      .select({ ...USER_COLUMNS, codeId: codes.codeId })
      .from(codes)
      .innerJoin(users, eq(users.userId, codes.userId))
      .where(and(used, eq(users.authVersion, untoldVersion))),
  )

const besidesOf = (db: Client, besides: Record<string, SQL> = {}) =>
  Object.entries(besides).map(([name, statement]) => db.$with(name, {}).as(statement))
