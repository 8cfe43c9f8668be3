import type { Deps } from '../../kernel/deps.ts'
import { withMailBudget } from '../codes/budgets.ts'
import { evenly } from '../codes/evenly.ts'
import { issueTo } from '../codes/issue.ts'
import { newCode } from '../codes/new-code.ts'
import { requireEmail } from '../users/names.ts'

const purpose = 'reset_password'

/** Answers the same whoever there is, and waits for no mail to leave. */
export async function forgot(deps: Deps, typed: string): Promise<void> {
  const account = requireEmail(typed)
  const code = { purpose, account } as const
  const write = async () => {
    const fresh = await newCode(deps, code, deps.config.codes.resetUrl)
    return issueTo(deps, { ...fresh, purpose })
  }
  await evenly(deps, () => withMailBudget(deps, code, { write }))
}
