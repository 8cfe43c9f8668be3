import { and, eq } from 'drizzle-orm'
import { codes, users } from '../../db/schema.ts'
import type { Deps } from '../../kernel/deps.ts'
import { lockingCounter, scrubbing } from '../events/erasing.ts'
import { buildChange } from './changes.ts'
import { USER_COLUMNS } from './store.ts'
import type { User } from './user.ts'
import { mailed, userGone } from './user-events.ts'

/**
 * Only with the password that was verified, so a change of it in between is not overrun. The names become free, and of all that
 * was recorded of the user only this last event stays. The locks come first, in the order in which every change takes them (codes,
 * user, counter): what others record meanwhile is there when the statement looks, or finds no user.
 */
export async function deleteUser(deps: Deps, user: User): Promise<User | null> {
  const { userId, passwordHash } = user
  const db = await deps.db()
  const { query, deliverNow } = buildChange(
    deps,
    db,
    mailed(userGone(), 'account_deleted', deps.client.language),
    () =>
      db
        .delete(users)
        .where(and(eq(users.userId, userId), eq(users.passwordHash, passwordHash ?? '')))
        .returning(USER_COLUMNS),
    { scrubbed: scrubbing() },
  )
  const [, , , [deleted]] = await db.batch([
    db.select({ codeId: codes.codeId }).from(codes).where(eq(codes.userId, userId)).orderBy(codes.codeId).for('update'),
    db.select({ userId: users.userId }).from(users).where(eq(users.userId, userId)).for('update'),
    db.execute(lockingCounter(userId)),
    query,
  ])
  if (deleted) deliverNow()
  return deleted ?? null
}
