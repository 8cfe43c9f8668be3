import { sql } from 'drizzle-orm'
import { hashesOfToken } from '../../crypto/code-hash.ts'
import { users } from '../../db/schema.ts'
import type { Deps } from '../../kernel/deps.ts'
import { changeByCode, requireRedeemed } from '../codes/change-by-code.ts'
import { endSessionsBy } from '../codes/end-sessions.ts'
import { inMinutes, STOP_HOURS } from '../codes/purposes.ts'
import { list, moment } from '../codes/redeem.ts'
import { withAddressBudget } from '../guard/with-budget.ts'
import { type Ending, mailed, userChanged } from '../users/user-events.ts'
import { comingBack } from './former-address.ts'
import { STOPPING } from './stop-link.ts'

const ending: Ending = { reason: 'email_changed' }

/**
 * Whoever changed the address knew the password and sat in a session, so both end with the change. Links of later changes become
 * void and those of earlier ones stay good: a thief who goes on changing never gets ahead of the first owner. Every other link
 * that brings the same address back has done its work as well, and must not undo what its owner has done since.
 */
export const stopEmailChange = (deps: Deps, token: string): Promise<void> =>
  withAddressBudget(deps, async () => {
    const now = deps.now()
    const at = moment(now)
    const since = moment(inMinutes(now, -STOP_HOURS * 60))
    const hashes = hashesOfToken(deps.keys.codeHash, STOPPING, token)
    // Confirming takes its code first and then the user. So does this, and sees what was confirmed while it waited; and of two
    // links used at once, neither waits for the other while the other waits for it.
    const first = sql`
      select link.code_id from codes as link
      where link.purpose = 'change_email' and link.cancelled_at is null and link.user_id in (
        select codes.user_id from codes where codes.purpose = 'change_email' and codes.link_hash = any(${list(hashes)}))
      order by link.code_id for update`
    // And whoever begins another change meanwhile: it is seen below, or finds another state of the user.
    const thenUser = sql`
      select users.user_id from users where users.user_id in (
        select codes.user_id from codes where codes.purpose = 'change_email' and codes.link_hash = any(${list(hashes)}))
      for no key update`
    const tried = sql`
      update codes set cancelled_at = ${at}
      where codes.purpose = 'change_email' and codes.link_hash = any(${list(hashes)})
        and codes.cancelled_at is null and codes.created_at > ${since}
      returning codes.user_id, codes.code_id, codes.payload, codes.created_at, true as redeemed`
    const used = sql`codes.purpose = 'change_email' and codes.link_hash = any(${list(hashes)})
      and codes.cancelled_at is not null and codes.created_at > ${since}`
    const stopped = await changeByCode(
      deps,
      { tried, used },
      {
        first: [first, thenUser],
        events: [mailed(userChanged('email_changed', ending), 'email_change_stopped', deps.client.language)],
        set: {
          email: sql`tried.payload->>'from'`,
          emailVerifiedAt: sql`coalesce(${users.emailVerifiedAt}, ${at})`,
          passwordHash: null,
          authVersion: sql`${users.authVersion} + 1`,
        },
        besides: {
          ...comingBack(now),
          others: sql`update codes set cancelled_at = ${at} from changed, tried
          where codes.purpose = 'change_email' and codes.user_id = changed.user_id
            and (codes.created_at > tried.created_at or codes.payload->>'from' = changed.email)
            and codes.code_id <> tried.code_id and codes.cancelled_at is null`,
        },
      },
    )
    await endSessionsBy(deps, requireRedeemed(stopped), ending)
  })
