import { mailboxOf as boxOf } from '../mail/address.ts'
import { addressQuestion, type NameOf, type Question } from './claims.ts'
import type { BudgetName, GuardLimits } from './limits.ts'
import type { Network } from './networks.ts'

type With = { limits: GuardLimits; nameOf: NameOf }

/**
 * Whose code it is. Each purpose has budgets of its own, so that spoiling one leaves the others, and so has each asker, where
 * there is somebody who asks that nobody else can be: the same address may be wanted by several.
 */
export type CodeOf = { purpose: string; account: string; asker?: string | number }

const question = ({ limits }: With, name: string, budget: BudgetName): Question => ({
  name,
  message: { claims: [{ name: budget, key: name, budget: limits[budget] }], pendingSeconds: limits.pendingSeconds },
})

/** What an address does besides counts in the object that counts the address, in the same call. */
function fromAddress(deps: With, from: Network, budget: BudgetName): Question {
  const asked = addressQuestion(deps, from)
  const claim = { name: budget, key: deps.nameOf('network', from.network), budget: deps.limits[budget] }
  return { ...asked, message: { ...asked.message, claims: [...asked.message.claims, claim] } }
}

const nameOfCode = ({ nameOf }: With, { purpose, account, asker }: CodeOf) =>
  nameOf('code', [purpose, asker, account].filter((part) => part !== undefined).join(' '))

export const digitsFromAddress = (deps: With, from: Network) => fromAddress(deps, from, 'codeAddress')
export const digitsForAccount = (deps: With, code: CodeOf) => question(deps, nameOfCode(deps, code), 'codeAccount')
export const digitsInAll = (deps: With) => question(deps, deps.nameOf('service', 'reset digits'), 'codeAlarm')

export const mailFromAddress = (deps: With, from: Network) => fromAddress(deps, from, 'mailAddress')

export const mailboxOf = (deps: With, address: string) =>
  question(deps, deps.nameOf('mailbox', boxOf(address)), 'mailbox')

const inAll = (deps: With, which: string) => question(deps, deps.nameOf('service', which), 'mailTotal')

/** All mails but those for forgotten passwords. */
export const mailsInAll = (deps: With) => inAll(deps, 'mail')

/**
 * The narrowest first: what it refuses is spent nowhere else. A forgotten password counts by the very account, and in all by
 * itself: a mailbox's share, and what all share, are spent by whoever registers with somebody's address and a tag of their own.
 */
export function mailTo(deps: With, code: CodeOf): Question[] {
  const requests = question(deps, nameOfCode(deps, code), 'codeRequests')
  if (code.purpose === 'reset_password') return [requests, inAll(deps, 'reset mail')]
  return [requests, mailboxOf(deps, code.account), mailsInAll(deps)]
}

export const noticeOf = (deps: With, template: string, once: string): Question =>
  question(deps, deps.nameOf('notice', `${template} ${once}`), 'notice')
