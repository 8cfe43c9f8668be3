import { sql } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import { violates } from '../db/failure.ts'
import { AuthError } from '../errors.ts'
import type { Names } from './names.ts'

type NewUser = { subject: string; names: Names; fullName: string | null; passwordHash: string; createdAt: Date }

/**
 * The user and every name they may log in with, in one statement: of many that race for a name, the primary key of
 * `identifiers` lets one through, and the others leave nothing behind.
 */
export async function insertUser(
  db: Database,
  { subject, names, fullName, passwordHash, createdAt }: NewUser,
): Promise<number> {
  const { email, username } = names
  const at = createdAt.toISOString()
  const claims = [sql`(${email}, 'email')`, ...(username ? [sql`(${username.canonical}, 'username')`] : [])]
  try {
    const { rows } = await db.execute<{ user_id: string }>(sql`
      with inserted as (
        insert into users (subject, username, email, full_name, password_hash, created_at, updated_at)
        values (${subject}, ${username?.shown ?? null}, ${email}, ${fullName}, ${passwordHash}, ${at}, ${at})
        returning user_id
      ), named as (
        insert into identifiers (identifier, kind, user_id)
        select claimed.identifier, claimed.kind, inserted.user_id
        from inserted, (values ${sql.join(claims, sql`, `)}) as claimed (identifier, kind)
      )
      select user_id from inserted`)
    return Number(rows[0]?.user_id)
  } catch (error) {
    if (violates(error, 'identifiers_pkey')) throw new AuthError('identifier_taken')
    throw error
  }
}
