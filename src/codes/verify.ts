import { eq, isNull, sql } from 'drizzle-orm'
import { demandEmail } from '../accounts/names.ts'
import { findById } from '../accounts/store.ts'
import { tellSessions } from '../accounts/tell-sessions.ts'
import { profileOf, type User } from '../accounts/user.ts'
import { mailed, userChanged } from '../accounts/user-events.ts'
import type { Registered } from '../accounts/wire.ts'
import { hashesOfDigits } from '../crypto/code-hash.ts'
import { users } from '../db/schema.ts'
import { AuthError } from '../errors.ts'
import type { Deps } from '../platform/deps.ts'
import { type Access, demandLiveSession } from '../sessions/signed-in.ts'
import type { Written } from '../when-needed.ts'
import { withDigits } from './budgets.ts'
import { confirmNewEmail } from './change-email.ts'
import { changingBy } from './changing.ts'
import { triedByDigits } from './redeem.ts'
import { completeRegistration } from './registration.ts'

export type Verify = { code: string } & ({ email: string } | { registration: string })

type Confirmed = Written<typeof Registered>

/**
 * What a code confirms follows from where it was asked for: a registration, a change of somebody signed in, an account. Whoever
 * shows a token is asked for a session that lives, before any try is taken: a stolen one must not finish what it began.
 */
export async function verify(deps: Deps, given: Verify, access: Access | null): Promise<Confirmed> {
  if (access) await demandLiveSession(deps, access)
  if ('registration' in given) return completeRegistration(deps, given)
  const account = demandEmail(given.email)
  const user = access && (await findById(deps.db, access.userId))
  const changing = access !== null && user !== null && user.email !== account
  return shown(
    await (changing
      ? confirmNewEmail(deps, access, user, { account, code: given.code })
      : confirm(deps, account, given)),
  )
}

const purpose = 'verify_email'

function confirm(deps: Deps, account: string, { code }: { code: string }): Promise<User> {
  return withDigits(deps, { purpose, account }, async (live) => {
    const now = deps.now()
    const hashes = live ? hashesOfDigits(deps.keys.codeHash, purpose, account, code) : []
    const event = userChanged('email_verified', { reason: 'revoked' })
    // Where nobody could log in before, this is when they are welcome.
    const welcome = deps.config.codes.verification === 'after'
    const user = await changingBy(deps, triedByDigits({ purpose, account, hashes }, now), {
      events: [welcome ? mailed(event, 'welcome', deps.client.language) : event],
      set: { emailVerifiedAt: now },
      where: [
        eq(users.email, sql`tried.account`),
        isNull(users.emailVerifiedAt),
        sql`${users.authVersion} = (tried.payload->>'auth_version')::int`,
      ],
    })
    if (!user) throw new AuthError('invalid_code')
    await tellSessions(deps, user)
    return user
  })
}

function shown(user: User): Confirmed {
  const { version: _, ...registered } = profileOf(user)
  return registered
}
