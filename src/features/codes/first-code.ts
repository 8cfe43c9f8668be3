import { sql } from 'drizzle-orm'
import type { Deps } from '../../kernel/deps.ts'
import { MAIL } from '../events/lines.ts'
import { networkKeysOf } from '../guard/calls.ts'
import { requireNetwork } from '../guard/with-budget.ts'
import { mailPayload } from '../mail/mail-payload.ts'
import type { FirstEvent } from '../users/store.ts'
import { newCode } from './new-code.ts'
import { CODE_MINUTES } from './purposes.ts'

/** The code that confirms the address of a new account. */
export async function firstCode(deps: Deps, account: string): Promise<FirstEvent> {
  const purpose = 'verify_email'
  const code = await newCode(deps, { purpose, account })
  const to = { to: account, locale: deps.client.language }
  const from = networkKeysOf(deps.guard.nameOf, requireNetwork(deps.client.address))
  return {
    event: {
      type: 'code_mailed',
      userId: sql`inserted.user_id`,
      payload: mailPayload('verify_email', to, { minutes: CODE_MINUTES }, { capped: true, from }),
      sinks: [MAIL],
      ...code.mail,
    },
    ctes: sql`, coded as (
      insert into codes (code_id, purpose, user_id, account, payload, code_hash, created_at, expires_at)
      select ${code.codeId}, ${purpose}, user_id, ${account}, '{"auth_version": 1}'::jsonb, ${code.codeHash},
        ${code.createdAt.toISOString()}::timestamptz, ${code.expiresAt.toISOString()}::timestamptz
      from inserted)`,
  }
}
