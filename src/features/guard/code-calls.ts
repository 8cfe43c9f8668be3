import { mailboxOf as boxOf } from '../../kernel/mail-address.ts'
import { addressCall, type GuardCall, type With } from './calls.ts'
import type { Budget, BudgetName } from './limits.ts'
import type { Network } from './networks.ts'
import { shardOf } from './shards.ts'

/**
 * The owner of a code. Each purpose has its own budgets, so a spent one leaves the others. A proven `asker` has its own as well,
 * since several may request codes for the same address.
 */
export type CodeOf = { purpose: string; account: string; asker?: string | number }

const call = ({ limits }: With, name: string, spent: BudgetName, budget: Budget = limits[spent]): GuardCall => ({
  name,
  message: { claims: [{ name: spent, key: name, budget }], pendingSeconds: limits.pendingSeconds },
})

/**
 * A budget of the whole service, split into shards. Each account belongs to one shard. So no object serves all requests, and a
 * spent share blocks its own shard only.
 */
function inAll(deps: With, which: string, spent: BudgetName, account: string): GuardCall {
  const { shard, limit } = shardOf(deps.nameOf('service', account), deps.limits[spent].limit)
  const name = deps.nameOf('service', `${which} ${shard}`)
  return call(deps, name, spent, { ...deps.limits[spent], limit })
}

const nameOfCode = ({ nameOf }: With, { purpose, account, asker }: CodeOf) =>
  nameOf('code', [purpose, asker, account].filter((part) => part !== undefined).join(' '))

/** Digits and mails are charged in the object of the address, in the same call. */
export const digitsFromAddress = (deps: With, from: Network) => addressCall(deps, from, 'attempt', 'digits')
export const digitsForAccount = (deps: With, code: CodeOf) => call(deps, nameOfCode(deps, code), 'codeAccount')
export const digitsInAll = (deps: With, account: string) => inAll(deps, 'reset digits', 'codeAlarm', account)

export const mailFromAddress = (deps: With, from: Network) => addressCall(deps, from, 'attempt', 'mail')

export const mailboxOf = (deps: With, address: string) => call(deps, deps.nameOf('mailbox', boxOf(address)), 'mailbox')

/**
 * The narrowest budget first, so a refusal there charges no other. Mails for forgotten passwords have a total of their own and no
 * budget of the mailbox: registrations of strangers with somebody's address can spend those.
 */
export function mailTo(deps: With, code: CodeOf): GuardCall[] {
  const requests = call(deps, nameOfCode(deps, code), 'codeRequests')
  if (code.purpose === 'reset_password') return [requests, inAll(deps, 'reset mail', 'mailTotal', code.account)]
  return [requests, mailboxOf(deps, code.account), mailsInAll(deps, code.account)]
}

/** All mails but those for forgotten passwords. Tags of one mailbox are one account here too. */
export const mailsInAll = (deps: With, address: string) => inAll(deps, 'mail', 'mailTotal', boxOf(address))

export const noticeOf = (deps: With, template: string, once: string): GuardCall =>
  call(deps, deps.nameOf('notice', `${template} ${once}`), 'notice')
