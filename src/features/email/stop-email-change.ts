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
 * The change was made with the password and a session, so both become void. Links of later changes become void, and links of
 * earlier ones stay valid: a thief who repeats changes never locks the first owner out. Other links to the same address become
 * void too, since they could undo later changes of the owner.
 */
export const stopEmailChange = (deps: Deps, token: string): Promise<void> =>
  withAddressBudget(deps, async () => {
    const now = deps.now()
    const at = moment(now)
    const since = moment(inMinutes(now, -STOP_HOURS * 60))
    const hashes = hashesOfToken(deps.keys.codeHash, STOPPING, token)
    // Locks the codes first and then the user, like a confirmation. So it sees a confirmation that it waited for, and two links
    // that are used at once cannot deadlock.
    const first = sql`
      select link.code_id from codes as link
      where link.purpose = 'change_email' and link.cancelled_at is null and link.user_id in (
        select codes.user_id from codes where codes.purpose = 'change_email' and codes.link_hash = any(${list(hashes)}))
      order by link.code_id for update`
    // A concurrent new change is either seen below or finds a newer state of the user.
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
