import { sql } from 'drizzle-orm'
import type { Deps } from '../../kernel/deps.ts'
import { inMinutes, REGISTRATION_HOURS, STOP_HOURS } from './purposes.ts'

const AT_ONCE = 5_000

/**
 * A code is deleted once the link that undoes its change has expired. A registration, which holds a password hash, is deleted as
 * soon as it can no longer be completed.
 */
export async function tidyCodes(deps: Pick<Deps, 'db' | 'now'>): Promise<void> {
  const [db, now] = [await deps.db(), deps.now()]
  const ago = (hours: number) => sql`${inMinutes(now, -hours * 60).toISOString()}::timestamptz`
  await db.execute(sql`
    delete from codes where code_id in (
      select code_id from codes
      where expires_at < ${ago(0)} and (expires_at < ${ago(STOP_HOURS)} or purpose = 'register'
        and (redeemed_at is not null or cancelled_at is not null or created_at < ${ago(REGISTRATION_HOURS)}))
      order by expires_at limit ${AT_ONCE}::int)`)
}
