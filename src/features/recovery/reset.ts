import { eq, sql } from 'drizzle-orm'
import { hashesOfDigits, hashesOfToken } from '../../crypto/code-hash.ts'
import { users } from '../../db/schema.ts'
import type { Deps } from '../../kernel/deps.ts'
import { AuthError } from '../../kernel/failure.ts'
import { withCodeBudget, withRepetitionBudget } from '../codes/budgets.ts'
import { changeByCode, type Presented, type Redeemed, requireRedeemed } from '../codes/change-by-code.ts'
import { endSessionsBy } from '../codes/end-sessions.ts'
import { invalidCode } from '../codes/failures.ts'
import { accountOfLink } from '../codes/link.ts'
import { triedByDigits, triedByLink, usedByDigits, usedByLink } from '../codes/redeem.ts'
import { remember, withAddressBudget } from '../guard/with-budget.ts'
import { requireAcceptablePassword } from '../passwords/acceptable-password.ts'
import { requireUnbreached } from '../passwords/breach-check.ts'
import { isPassword } from '../passwords/confirm-password.ts'
import { requireEmail } from '../users/names.ts'
import { type Ending, mailed, userChanged } from '../users/user-events.ts'

export type Reset = { newPassword: string } & ({ email: string; code: string } | { token: string })

const purpose = 'reset_password'
const ending: Ending = { reason: 'password_reset' }
const NEW_PASSWORD = 'new_password'

/**
 * Ends every session and opens none. The caller has proved the mailbox, so the account remembers their network: guesses of
 * strangers then block neither the reset nor the next log-in.
 */
export async function reset(deps: Deps, given: Reset): Promise<void> {
  const redeemed = await ('token' in given ? byLink(deps, given) : byDigits(deps, given))
  await Promise.all([endSessionsBy(deps, redeemed, ending), remember(deps, redeemed.user.subject)])
}

function byDigits(deps: Deps, { email, code, newPassword }: { email: string; code: string; newPassword: string }) {
  const account = requireEmail(email)
  requireAcceptablePassword(deps.config, newPassword, { email: account, username: null }, NEW_PASSWORD)
  return withCodeBudget(deps, { purpose, account }, async (compare) => {
    await requireUnbreached(deps, newPassword, NEW_PASSWORD)
    const passwordHash = await deps.passwords.hash(newPassword, account)
    const tried = await compare((live) => {
      const hashes = live ? hashesOfDigits(deps.keys.codeHash, purpose, account, code) : []
      const presented = { purpose, account, hashes, repeatable: true } as const
      const now = deps.now()
      return replace(deps, { tried: triedByDigits(presented, now), used: usedByDigits(presented, now) }, passwordHash)
    })
    return requirePasswordOf(deps, requireRedeemed(tried), newPassword)
  })
}

/** Does not charge the account, so the owner of the mailbox can always reset. */
function byLink(deps: Deps, { token, newPassword }: { token: string; newPassword: string }) {
  const link = { purpose, hashes: hashesOfToken(deps.keys.codeHash, purpose, token) } as const
  return withAddressBudget(deps, async () => {
    const account = await accountOfLink(await deps.db(), link)
    if (account === null) throw new AuthError(invalidCode, { reason: 'unknown link' })
    requireAcceptablePassword(deps.config, newPassword, { email: account, username: null }, NEW_PASSWORD)
    await requireUnbreached(deps, newPassword, NEW_PASSWORD)
    const passwordHash = await deps.passwords.hash(newPassword, account)
    const now = deps.now()
    const tried = await replace(deps, { tried: triedByLink(link, now), used: usedByLink(link, now) }, passwordHash)
    return requirePasswordOf(deps, requireRedeemed(tried), newPassword)
  })
}

/**
 * A repetition must carry the same password; with another one, the code counts as used. These checks have a budget of their own,
 * so a used link cannot serve to guess passwords.
 */
async function requirePasswordOf(deps: Deps, redeemed: Redeemed, newPassword: string): Promise<Redeemed> {
  const { user, codeId, again } = redeemed
  if (!again) return redeemed
  return withRepetitionBudget(deps, { purpose, account: user.email, asker: codeId }, async () => {
    if (await isPassword(deps, user, newPassword)) return redeemed
    throw new AuthError(invalidCode, { reason: 'used for another password' })
  })
}

/** The address that the code went to has been shown to be the user's. */
const replace = (deps: Deps, presented: Presented, passwordHash: string) =>
  changeByCode(deps, presented, {
    events: [mailed(userChanged('password_reset', ending), 'password_reset', deps.client.language)],
    set: {
      passwordHash,
      authVersion: sql`${users.authVersion} + 1`,
      emailVerifiedAt: sql`coalesce(${users.emailVerifiedAt}, ${deps.now().toISOString()}::timestamptz)`,
    },
    where: [eq(users.email, sql`tried.account`), sql`${users.authVersion} = (tried.payload->>'auth_version')::int`],
  })
