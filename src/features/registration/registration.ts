import { sql } from 'drizzle-orm'
import { hashesOfDigits } from '../../crypto/code-hash.ts'
import type { Deps } from '../../kernel/deps.ts'
import { AuthError } from '../../kernel/failure.ts'
import type { Written } from '../../kernel/lazy.ts'
import { withCodeBudget, withMailBudget } from '../codes/budgets.ts'
import { invalidCode } from '../codes/failures.ts'
import { type NewCode, newCode } from '../codes/new-code.ts'
import { CODE_MINUTES } from '../codes/purposes.ts'
import { triedByDigits } from '../codes/redeem.ts'
import { deliver } from '../events/deliver.ts'
import { MAIL } from '../events/lines.ts'
import { recording } from '../events/record.ts'
import { mailPayloadSql } from '../mail/mail-payload.ts'
import { identifierTaken } from '../users/failures.ts'
import { asTaken, isTaken } from '../users/store.ts'
import type { NewUser } from '../users/user.ts'
import { mailed, userCreated } from '../users/user-events.ts'
import { requireRegistration, sealRegistration } from './registration-handle.ts'
import type { Registered } from './wire.ts'

const purpose = 'register'

/** Everything of a user but the hash, which is only made where there is a mail to write. */
type Wanted = Omit<NewUser, 'passwordHash'>

/**
 * The user is created when the address is confirmed. The answer never shows whether the address has an account: then its owner
 * gets another mail in place of the code. Several registrations may wait for one address, each with its own code.
 */
export async function beginRegistration(deps: Deps, wanted: Wanted, hash: () => Promise<string>): Promise<string> {
  const { email: account, username } = wanted.names
  const code = await newCode(deps, { purpose, account })
  await withMailBudget(deps, code, {
    write: async () => store(deps, code, wanted, await hash()),
    instead: async () => {
      if (username && (await isTaken(deps.db, username.canonical))) throw new AuthError(identifierTaken)
    },
  })
  return sealRegistration(deps, { codeId: code.codeId, account })
}

async function store(deps: Deps, code: NewCode, { names, fullName, subject }: Wanted, passwordHash: string) {
  const { email, username } = names
  const payload = { subject, username, full_name: fullName, password_hash: passwordHash }
  const to = { to: sql`${email}::text`, locale: sql`coalesce(asked.locale, ${deps.client.language}::text)` }
  const event = {
    type: 'code_mailed',
    userId: sql`asked.user_id`,
    payload: sql`case when asked.taken then ${mailPayloadSql('address_taken', to, {})}
      else ${mailPayloadSql('verify_email', to, { minutes: CODE_MINUTES })} end`,
    sinks: [MAIL],
    ...code.mail,
  }
  const recorded = recording(deps.sinksOn, { events: [event], at: code.createdAt, change: 'asked' })
  const { rows } = await (await deps.markedDb()).execute(sql`
    with asked as (
      select coalesce(owner.user_id, 0) as user_id, owner.locale, owner.user_id is not null as taken
      from (select 1 as once) as once
      left join (
        select users.user_id, users.locale from identifiers join users on users.user_id = identifiers.user_id
        where identifiers.identifier = ${email}
      ) as owner on true
      where not exists (select 1 from identifiers where identifier = ${username?.canonical ?? null}::text)
    ), stored as (
      insert into codes (code_id, purpose, account, payload, code_hash, created_at, expires_at)
      select ${code.codeId}, ${purpose}, ${email}, ${JSON.stringify(payload)}::jsonb, ${code.codeHash},
        ${code.createdAt.toISOString()}::timestamptz, ${code.expiresAt.toISOString()}::timestamptz
      from asked where not asked.taken
    )${recorded.ctes}
    select taken from asked`)
  if (rows.length === 0) throw new AuthError(identifierTaken)
  deps.later(deliver(deps, recorded))
  return true
}

type Completing = { registration: string; code: string }
type Row = { redeemed: boolean } & (
  | { user_id: string; username: string | null; email: string; full_name: string | null }
  | { user_id: null }
)

/** Creates the user from this registration and cancels the others for the same address. */
export async function completeRegistration(
  deps: Deps,
  { registration, code }: Completing,
): Promise<Written<typeof Registered>> {
  const { codeId, account } = await requireRegistration(deps, registration)
  // Each registration has a secret handle and its own code, so wrong tries of a stranger do not count for others.
  return withCodeBudget(deps, { purpose, account, asker: codeId }, async (compare) => {
    const { registered } = await compare((live) => complete(deps, { codeId, account, code, live }))
    if (!registered) throw new AuthError(invalidCode)
    return registered
  })
}

type Handed = { codeId: string; account: string; code: string; live: boolean }

async function complete(deps: Deps, { codeId, account, code, live }: Handed) {
  const hashes = live ? hashesOfDigits(deps.keys.codeHash, purpose, account, code) : []
  const at = deps.now()
  const now = sql`${at.toISOString()}::timestamptz`
  const event = mailed(userCreated(), 'welcome', deps.client.language)
  const recorded = recording(deps.sinksOn, { events: [event], at, change: 'changed' })
  const db = await deps.markedDb()
  // Locks all registrations of the address in one order. Otherwise two concurrent completions could deadlock.
  const locked = db.execute(sql`
      select code_id from codes
      where purpose = ${purpose} and account = ${account} and redeemed_at is null and cancelled_at is null
      order by code_id for update`)
  const completed = db.execute<Row>(sql`
        with tried as (${triedByDigits({ purpose, account, hashes, codeId }, at)}), changed as (
          insert into users
            (subject, username, email, full_name, password_hash, email_verified_at, created_at, updated_at)
          select payload->>'subject', payload->'username'->>'shown', account, payload->>'full_name',
            payload->>'password_hash', ${now}, ${now}, ${now}
          from tried where tried.redeemed
          returning *
        ), named as (
          insert into identifiers (identifier, kind, user_id)
          select tried.account, 'email', changed.user_id from tried, changed
          union all
          select tried.payload->'username'->>'canonical', 'username', changed.user_id from tried, changed
          where tried.payload->'username'->>'canonical' is not null
        ), others as (
          update codes set cancelled_at = ${now} from changed
          where codes.purpose = ${purpose} and codes.account = changed.email and codes.code_id <> ${codeId}
            and codes.redeemed_at is null and codes.cancelled_at is null
        )${recorded.ctes}
        select tried.redeemed, changed.user_id, changed.username, changed.email, changed.full_name
        from tried left join changed on true`)
  const [row] = await db
    .batch([locked, completed])
    .then(([, { rows }]) => rows)
    .catch((error: unknown) => Promise.reject(asTaken(error)))
  if (!row?.user_id) return { registered: null, met: row?.redeemed === false }
  deps.later(deliver(deps, recorded))
  const { user_id, username, email, full_name } = row
  return {
    registered: {
      user_id: Number(user_id),
      username: username ?? email,
      email,
      full_name,
      created_at: at.toISOString(),
    },
    met: false,
  }
}
