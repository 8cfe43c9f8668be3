import { sql } from 'drizzle-orm'
import type { Deps } from '../../kernel/deps.ts'
import { withMailBudget } from '../codes/budgets.ts'
import { evenly } from '../codes/evenly.ts'
import { issueTo } from '../codes/issue.ts'
import { type NewCode, newCode } from '../codes/new-code.ts'
import { CODE_MINUTES, inMinutes, REGISTRATION_HOURS } from '../codes/purposes.ts'
import { deliver } from '../events/deliver.ts'
import { MAIL } from '../events/lines.ts'
import { recording } from '../events/record.ts'
import { mailPayload } from '../mail/mail-payload.ts'
import { openRegistration } from '../registration/registration-handle.ts'
import { requireEmail } from '../users/names.ts'

export type SendCode = { email: string } | { registration: string }

/** Another code for an address that is still to be confirmed: of a user, or of a registration that waits. */
export const sendCode = (deps: Deps, given: SendCode): Promise<void> => evenly(deps, () => send(deps, given))

async function send(deps: Deps, given: SendCode): Promise<void> {
  if ('registration' in given) return sendToRegistration(deps, given.registration)
  const code = { purpose: 'verify_email', account: requireEmail(given.email) } as const
  const write = async () => issueTo(deps, { ...(await newCode(deps, code)), purpose: code.purpose })
  await withMailBudget(deps, code, { write })
}

async function sendToRegistration(deps: Deps, registration: string): Promise<void> {
  const handle = await openRegistration(deps, registration)
  if (!handle) return
  const code = { purpose: 'register', account: handle.account } as const
  await withMailBudget(deps, code, { write: async () => renew(deps, handle.codeId, await newCode(deps, code)) })
}

/** The new code takes the place of the old one, with tries of its own. */
async function renew(deps: Deps, codeId: string, code: NewCode): Promise<boolean> {
  const event = {
    type: 'code_mailed',
    userId: 0,
    payload: mailPayload('verify_email', { to: code.account, locale: deps.client.language }, { minutes: CODE_MINUTES }),
    sinks: [MAIL],
    ...code.mail,
  }
  const since = inMinutes(code.createdAt, -REGISTRATION_HOURS * 60).toISOString()
  const recorded = recording(deps.sinksOn, { events: [event], at: code.createdAt, change: 'renewed' })
  const { rows } = await (await deps.markedDb()).execute(sql`
    with renewed as (
      update codes set code_hash = ${code.codeHash}, tries = 0, expires_at = ${code.expiresAt.toISOString()}::timestamptz
      where code_id = ${codeId} and purpose = 'register' and account = ${code.account}
        and redeemed_at is null and cancelled_at is null and created_at > ${since}::timestamptz
      returning code_id
    )${recorded.ctes}
    select code_id from renewed`)
  if (rows.length > 0) deps.later(deliver(deps, recorded))
  return rows.length > 0
}
