import type { BudgetName, GuardLimits } from './limits.ts'
import type { Claim, Remember, Reserve } from './messages.ts'
import type { Network } from './networks.ts'

/** What one guard is asked: the object's name, what its reservation spends, and what it is to remember of a success. */
export type Question = { name: string; message: Omit<Reserve, 'reservation'>; remember?: Remember }

/** Keyed, so that neither an object's name nor its rows tell an address or an identifier. */
type Named = 'network' | 'pair' | 'identifier' | 'device' | 'session' | 'code' | 'mailbox' | 'notice' | 'service'
export type NameOf = (kind: Named, text: string) => string

type With = { limits: GuardLimits; nameOf: NameOf }
type Account = { from: Network; identifier: string; session?: string }

/**
 * One object holds an IPv6 /48 and counts its /56 and /64 by themselves: one call asks all three, and the widest
 * limit bounds what it stores. With an identifier, the pair is counted too.
 */
export function addressQuestion({ limits, nameOf }: With, from: Network, identifier?: string): Question {
  const { network, prefix56, prefix48 } = from
  const claim = (name: BudgetName, key: string): Claim => ({ name, key, budget: limits[name] })
  const claims = [claim('address', nameOf('network', network))]
  if (prefix56) claims.push(claim('prefix56', nameOf('network', prefix56)))
  if (prefix48) claims.push(claim('prefix48', nameOf('network', prefix48)))
  if (identifier !== undefined) claims.push(claim('pair', nameOf('pair', `${network} ${identifier}`)))
  return { name: nameOf('network', prefix48 ?? network), message: { claims, pendingSeconds: limits.pendingSeconds } }
}

/** A session is for those who are signed in: it is one more budget, not an exemption. */
export function identifierQuestion(deps: With, account: Account): Question {
  const { limits, nameOf } = deps
  const { name, message: remember } = successOf(deps, account)
  const claims: Claim[] = [{ name: 'identifier', key: name, budget: limits.identifier }]
  if (account.session !== undefined) {
    claims.push({ name: 'session', key: nameOf('session', account.session), budget: limits.session })
  }
  const network = { key: remember.network, budget: limits.knownNetwork }
  return { name, message: { claims, network, pendingSeconds: limits.pendingSeconds }, remember }
}

/** A device has an object of its own, so that the device of one account buys no reads of a thousand others. */
export function deviceQuestion({ limits, nameOf }: With, device: { subject: string; id: string }): Question {
  const name = nameOf('device', `${device.subject} ${device.id}`)
  const claims: Claim[] = [{ name: 'device', key: name, budget: limits.device }]
  return { name, message: { claims, pendingSeconds: limits.pendingSeconds } }
}

/** What the guard of an identifier is told of a success that spent none of its budgets. */
export function successOf(
  { limits, nameOf }: With,
  { identifier, from }: Account,
): { name: string; message: Remember } {
  return {
    name: nameOf('identifier', identifier),
    message: { network: nameOf('network', from.network), ...limits.networks },
  }
}
