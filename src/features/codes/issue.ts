import { sql } from 'drizzle-orm'
import type { Deps } from '../../kernel/deps.ts'
import { deliver } from '../events/deliver.ts'
import { MAIL } from '../events/lines.ts'
import { recording } from '../events/record.ts'
import { mailPayloadSql } from '../mail/mail-payload.ts'
import type { NewCode } from './new-code.ts'
import { CODE_MINUTES } from './purposes.ts'

/** The condition on a recipient, besides being active and having this address. */
const WHO = {
  reset_password: { who: sql`true`, template: 'reset_password' },
  verify_email: { who: sql`users.email_verified_at is null`, template: 'verify_email' },
} as const

/**
 * Writes the code and its mail in one statement, which runs also for an unknown address. The code is bound to the user's auth
 * version, so it becomes void when the sessions end. Returns whether there was a recipient.
 */
export async function issueTo(deps: Deps, code: NewCode & { purpose: keyof typeof WHO }): Promise<boolean> {
  const { purpose, account } = code
  const { who, template } = WHO[purpose]
  const to = { to: sql`issued.account`, locale: sql`coalesce(issued.locale, ${deps.client.language}::text)` }
  const event = {
    type: 'code_mailed',
    userId: sql`issued.user_id`,
    payload: mailPayloadSql(template, to, { minutes: CODE_MINUTES }),
    sinks: [MAIL],
    ...code.mail,
  }
  const recorded = recording(deps.sinksOn, { events: [event], at: code.createdAt, change: 'issued' })
  const { rows } = await (await deps.markedDb()).execute(sql`
    with issued as (
      insert into codes (code_id, purpose, user_id, account, payload, code_hash, link_hash, created_at, expires_at)
      select ${code.codeId}, ${purpose}, users.user_id, users.email,
        jsonb_build_object('auth_version', users.auth_version), ${code.codeHash}, ${code.linkHash},
        ${code.createdAt.toISOString()}::timestamptz, ${code.expiresAt.toISOString()}::timestamptz
      from identifiers join users on users.user_id = identifiers.user_id
      where identifiers.identifier = ${account} and users.email = ${account} and users.status = 'active' and ${who}
      returning user_id, account, (select users.locale from users where users.user_id = codes.user_id) as locale
    )${recorded.ctes}
    select user_id from issued`)
  if (rows.length > 0) deps.later(deliver(deps, recorded))
  return rows.length > 0
}
