import { eq, sql } from 'drizzle-orm'
import { newId } from '../../crypto/bytes.ts'
import { hashesOfDigits } from '../../crypto/code-hash.ts'
import { users } from '../../db/schema.ts'
import { invalidAccessToken } from '../../http/failures.ts'
import type { Deps } from '../../kernel/deps.ts'
import { AuthError } from '../../kernel/failure.ts'
import { invalidBody } from '../../kernel/failures.ts'
import { withCodeBudget, withMailBudget } from '../codes/budgets.ts'
import { changeByCode, requireRedeemed } from '../codes/change-by-code.ts'
import { endSessionsBy } from '../codes/end-sessions.ts'
import { type NewCode, newCode } from '../codes/new-code.ts'
import { CODE_MINUTES, STOP_HOURS } from '../codes/purposes.ts'
import { moment, triedByDigits, usedByDigits } from '../codes/redeem.ts'
import { deliver } from '../events/deliver.ts'
import { MAIL } from '../events/lines.ts'
import { recording } from '../events/record.ts'
import { mailPayload, mailPayloadSql } from '../mail/mail-payload.ts'
import { requirePassword, withPasswordGuard } from '../passwords/confirm-password.ts'
import type { Access } from '../sessions/signed-in.ts'
import { requireEmail } from '../users/names.ts'
import type { User } from '../users/user.ts'
import { type Ending, userChanged } from '../users/user-events.ts'
import { leavingAddress } from './former-address.ts'
import { newStopLink } from './stop-link.ts'

const purpose = 'change_email'

/** Asks for the password again. Only a mail to the new address shows whether that address has an account. */
export async function changeEmail(deps: Deps, access: Access, given: { email: string; password: string }) {
  const account = requireEmail(given.email)
  await withPasswordGuard(deps, access, async (user) => {
    if (!user) throw new AuthError(invalidAccessToken, { reason: 'the user is gone' })
    await requirePassword(deps, user, given.password)
    if (account === user.email) refuseOwn()
    const write = async () => begin(deps, user, await newCode(deps, { purpose, account }))
    await withMailBudget(deps, { purpose, account, asker: user.userId }, { write })
  })
}

function refuseOwn(): never {
  throw new AuthError(invalidBody, { fields: [{ path: 'email', message: 'This is your address already.' }] })
}

/** An address that nobody has confirmed may be a stranger's. */
const cappedFor = ({ emailVerifiedAt }: User) => ({ capped: emailVerifiedAt === null })

/** Mails the code to the new address, and a link that stops the change to the old one. */
async function begin(deps: Deps, user: User, code: NewCode): Promise<boolean> {
  const { userId, email, authVersion } = user
  const locale = user.locale ?? deps.client.language
  const stop = await newStopLink(deps, email)
  const to = { to: sql`${code.account}::text`, locale: sql`${locale}::text` }
  const toNew = sql`case when issued.taken then ${mailPayloadSql('address_taken', to, {})}
    else ${mailPayloadSql('confirm_new_email', to, { minutes: CODE_MINUTES })} end`
  const toOld = mailPayload('email_change_begun', { to: email, locale }, { hours: STOP_HOURS }, cappedFor(user))
  const recorded = recording(deps.sinksOn, {
    events: [
      { type: 'code_mailed', userId, payload: toNew, sinks: [MAIL], ...code.mail },
      { type: 'email_change_begun', userId, payload: toOld, sinks: [MAIL], ...stop.mail },
    ],
    at: code.createdAt,
    change: 'issued',
  })
  const { rows } = await (await deps.markedDb()).execute(sql`
    with issued as (
      insert into codes (code_id, purpose, user_id, account, payload, code_hash, link_hash, created_at, expires_at)
      select ${code.codeId}, ${purpose}, user_id, ${code.account},
        jsonb_build_object('auth_version', auth_version, 'from', email), ${code.codeHash}, ${stop.hash},
        ${code.createdAt.toISOString()}::timestamptz, ${code.expiresAt.toISOString()}::timestamptz
      from users where user_id = ${userId}::bigint and auth_version = ${authVersion}::int and email = ${email}
      for no key update
      returning user_id, exists (
        select 1 from identifiers where identifier = codes.account and identifiers.user_id <> codes.user_id) as taken
    )${recorded.ctes}
    select user_id from issued`)
  if (rows.length > 0) deps.later(deliver(deps, recorded))
  return rows.length > 0
}

type New = { account: string; code: string }
type Kept = Ending & { keep: string }

/**
 * Changes the address, which is also the name of a user without a username. All other sessions end, as after a change of the
 * password. A repetition finds the new address in place.
 */
export async function confirmNewEmail(deps: Deps, access: Access, user: User, { account, code }: New): Promise<User> {
  const ending = { keep: access.sessionId, reason: 'email_changed' } as const
  return withCodeBudget(deps, { purpose, account, asker: user.userId }, async (compare) => {
    const redeemed = requireRedeemed(await compare((live) => moveTo(deps, user, { account, code, live, ending })))
    await endSessionsBy(deps, redeemed, ending)
    return redeemed.user
  })
}

async function moveTo(deps: Deps, user: User, { account, code, live, ending }: New & { live: boolean; ending: Kept }) {
  const { userId, email } = user
  const now = deps.now()
  const at = moment(now)
  const hashes = live ? hashesOfDigits(deps.keys.codeHash, purpose, account, code) : []
  const presented = { purpose, account, hashes, userId, repeatable: true } as const
  const stop = await newStopLink(deps, email)
  const locale = user.locale ?? deps.client.language
  const event = userChanged('email_changed', ending)
  const toOld = mailPayload('email_changed', { to: email, locale }, { hours: STOP_HOURS }, cappedFor(user))
  const toNew = mailPayload('email_changed', { to: account, locale }, { hours: STOP_HOURS })
  const used = usedByDigits(presented, now, ending.keep)
  return changeByCode(
    deps,
    { tried: triedByDigits(presented, now), used },
    {
      events: [
        { ...event, payloads: { ...event.payloads, [MAIL]: toOld }, ...stop.mail },
        { type: 'email_changed', userId, payload: toNew, sinks: [MAIL], eventId: newId() },
      ],
      set: { email: account, emailVerifiedAt: now, authVersion: sql`${users.authVersion} + 1` },
      where: [
        eq(users.email, sql`tried.payload->>'from'`),
        eq(users.email, email),
        sql`${users.authVersion} = (tried.payload->>'auth_version')::int`,
      ],
      besides: {
        ...leavingAddress(),
        // This row holds no digits. It serves the link that undoes the change.
        undo: sql`insert into codes
          (code_id, purpose, user_id, account, payload, code_hash, link_hash, created_at, expires_at, redeemed_at)
        select ${newId()}, ${purpose}, changed.user_id, changed.email, tried.payload, '', ${stop.hash}, ${at}, ${at}, ${at}
        from changed, tried`,
      },
    },
  )
}
