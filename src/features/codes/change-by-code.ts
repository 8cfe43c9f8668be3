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

/** What was presented, in SQL. */
export type Presented = {
  /** Takes the try and redeems: the CTE `tried`. */
  tried: SQL
  /** Which row of `codes` was used before, if this is a repetition of that. */
  used?: SQL
}

type Change = {
  events: readonly [NewEvent, ...NewEvent[]]
  set: PgUpdateSetSource<typeof users>
  where?: SQL[]
  /** What else follows from the change, as CTEs by their names. */
  besides?: Record<string, SQL>
  /** What has to be locked before the statement looks at anything, in the same transaction and round trip. */
  first?: readonly [SQL, SQL]
}

/** What the user is after the code was used: now, or `again`, where the session object could not be told of it before. */
export type Redeemed = { user: User; codeId: string; again: boolean }

/** `met`: a code that lives was there to be guessed, and was not. */
export type Tried = { redeemed: Redeemed | null; met: boolean }

/**
 * The code and what it allows in one statement: redeemed, the user changed, and others told, or none of it. Nothing is redeemed
 * where the code was not right, or the user is no longer the one it was sent to.
 */
export async function changeByCode(deps: Deps, { tried, used }: Presented, change: Change): Promise<Tried> {
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

/** Which state of the user the session object is still to be told of. */
export const untoldVersion = sql<number>`(${codes.untold}->>'auth_version')::int`

/** The user as the code has left them, if the session object is still to be told and nothing has ended the sessions since. */
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
