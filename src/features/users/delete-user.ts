import { and, eq } from 'drizzle-orm'
import { codes, users } from '../../db/schema.ts'
import type { Deps } from '../../kernel/deps.ts'
import { lockingCounter, scrubbing } from '../events/erasing.ts'
import { prepare } from './changes.ts'
import { USER_COLUMNS } from './store.ts'
import type { User } from './user.ts'
import { mailed, userGone } from './user-events.ts'

/**
 * Deletes only while the verified hash is still stored, so a concurrent change of the password wins. The names become free, and
 * only the last event of the user stays. The locks come first, in the order of every change (codes, user, counter). So concurrent
 * recordings are either visible to this statement or find no user.
 */
export async function deleteUser(deps: Deps, user: User): Promise<User | null> {
  const { userId, passwordHash } = user
  const db = await deps.markedDb()
  const { query, deliverNow } = prepare(
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
