import { demandEmail } from '../accounts/names.ts'
import type { Deps } from '../platform/deps.ts'
import { withMail } from './budgets.ts'
import { evenly } from './evenly.ts'
import { issueTo } from './issue.ts'
import { newCode } from './new-code.ts'

const purpose = 'reset_password'

/** Answers the same whoever there is, and waits for no mail to leave. */
export async function forgot(deps: Deps, typed: string): Promise<void> {
  const account = demandEmail(typed)
  const code = { purpose, account } as const
  const write = async () => {
    const fresh = await newCode(deps, code, deps.config.codes.resetUrl)
    return issueTo(deps, { ...fresh, purpose })
  }
  await evenly(deps, () => withMail(deps, code, { write }))
}
