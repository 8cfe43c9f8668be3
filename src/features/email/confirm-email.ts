import { eq, isNull, sql } from 'drizzle-orm'
import { hashesOfDigits } from '../../crypto/code-hash.ts'
import { users } from '../../db/schema.ts'
import type { Deps } from '../../kernel/deps.ts'
import type { Written } from '../../kernel/lazy.ts'
import { withCodeBudget } from '../codes/budgets.ts'
import { changeByCode, requireRedeemed } from '../codes/change-by-code.ts'
import { triedByDigits } from '../codes/redeem.ts'
import { completeRegistration } from '../registration/registration.ts'
import type { Registered } from '../registration/wire.ts'
import { type Access, requireLiveSession } from '../sessions/signed-in.ts'
import { requireEmail } from '../users/names.ts'
import { findById } from '../users/store.ts'
import { tellSessions } from '../users/tell-sessions.ts'
import { profileOf, type User } from '../users/user.ts'
import { mailed, userChanged } from '../users/user-events.ts'
import { confirmNewEmail } from './change-email.ts'

export type ConfirmEmail = { code: string } & ({ email: string } | { registration: string })

type Confirmed = Written<typeof Registered>

/**
 * A code confirms a registration, a change of a signed-in user, or the address of an account. With an access token, the session
 * must live before a try is counted: a revoked thief must not complete a change.
 */
export async function confirmEmail(deps: Deps, given: ConfirmEmail, access: Access | null): Promise<Confirmed> {
  if (access) await requireLiveSession(deps, access)
  if ('registration' in given) return completeRegistration(deps, given)
  const account = requireEmail(given.email)
  const user = access && (await findById(deps.db, access.userId))
  // A confirmed address with a token means a repetition of a change.
  const changing = access !== null && user !== null && (user.email !== account || user.emailVerifiedAt !== null)
  return shown(
    await (changing
      ? confirmNewEmail(deps, access, user, { account, code: given.code })
      : confirmOwnAddress(deps, account, given)),
  )
}

const purpose = 'verify_email'

function confirmOwnAddress(deps: Deps, account: string, { code }: { code: string }): Promise<User> {
  return withCodeBudget(deps, { purpose, account }, async (compare) => {
    const now = deps.now()
    const event = userChanged('email_verified', { reason: 'revoked' })
    // Without a confirmed address nobody can log in here, so the welcome comes now.
    const welcome = deps.config.codes.verification === 'after'
    const tried = await compare((live) => {
      const hashes = live ? hashesOfDigits(deps.keys.codeHash, purpose, account, code) : []
      return changeByCode(
        deps,
        { tried: triedByDigits({ purpose, account, hashes }, now) },
        {
          events: [welcome ? mailed(event, 'welcome', deps.client.language) : event],
          set: { emailVerifiedAt: now },
          where: [
            eq(users.email, sql`tried.account`),
            isNull(users.emailVerifiedAt),
            sql`${users.authVersion} = (tried.payload->>'auth_version')::int`,
          ],
        },
      )
    })
    const { user } = requireRedeemed(tried)
    await tellSessions(deps, user)
    return user
  })
}

function shown(user: User): Confirmed {
  const { user_id, username, email, full_name, created_at } = profileOf(user)
  return { user_id, username, email, full_name, created_at }
}
