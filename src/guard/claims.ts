import type { BudgetName, GuardLimits } from './limits.ts'
import type { Claim, Remember, Reserve } from './messages.ts'
import type { Network } from './networks.ts'

/** What one guard is asked: the object's name, what its reservation spends, and what it is to remember of a success. */
export type Question = { name: string; message: Omit<Reserve, 'reservation'>; remember?: Remember }

/** Keyed, so that neither an object's name nor its rows tell an address or an identifier. */
export type Pseudonym = (text: string) => Promise<string>

type With = { limits: GuardLimits; pseudonym: Pseudonym }
type Account = { from: Network; identifier: string; session?: string }

/**
 * One object holds an IPv6 /48 and counts its /56 and /64 by themselves: one call asks all three, and the widest
 * limit bounds what it stores. With an identifier, the pair is counted too.
 */
export async function addressQuestion(deps: With, from: Network, identifier?: string): Promise<Question> {
  const { limits, pseudonym } = deps
  const name = from.prefix48 ?? from.network
  const claims = await Promise.all([
    ...(from.prefix48 ? [claim(deps, 'prefix48', `network:${from.prefix48}`)] : []),
    ...(from.prefix56 ? [claim(deps, 'prefix56', `network:${from.prefix56}`)] : []),
    claim(deps, 'address', `network:${from.network}`),
    ...(identifier === undefined ? [] : [claim(deps, 'pair', `pair:${from.network}:${identifier}`)]),
  ])
  return { name: `address:${await pseudonym(`network:${name}`)}`, message: { claims, ...pending(limits) } }
}

/** `session` is for those who are signed in: it is one more budget, not an exemption. */
export async function identifierQuestion(deps: With, to: Account): Promise<Question> {
  const [{ name, message: remember }, claims] = await Promise.all([
    successOf(deps, to),
    Promise.all([
      claim(deps, 'identifier', `identifier:${to.identifier}`),
      ...(to.session === undefined ? [] : [claim(deps, 'session', `session:${to.session}`)]),
    ]),
  ])
  const network = { key: remember.network, budget: deps.limits.knownNetwork }
  return { name, message: { claims, network, ...pending(deps.limits) }, remember }
}

/** What the guard of an identifier is told of a success that spent none of its budgets. */
export async function successOf(
  { limits, pseudonym }: With,
  to: Account,
): Promise<{ name: string; message: Remember }> {
  const [name, network] = await Promise.all([
    pseudonym(`identifier:${to.identifier}`),
    pseudonym(`network:${to.from.network}`),
  ])
  return { name: `identifier:${name}`, message: { network, ...limits.networks } }
}

/** A device has an object of its own, so that a device of one account buys no reads of a thousand others. */
export async function deviceQuestion(deps: With, device: { subject: string; id: string }): Promise<Question> {
  const key = `device:${device.subject}:${device.id}`
  const claims = [await claim(deps, 'device', key)]
  return { name: `device:${await deps.pseudonym(key)}`, message: { claims, ...pending(deps.limits) } }
}

async function claim({ limits, pseudonym }: With, name: BudgetName, of: string): Promise<Claim> {
  return { name, key: await pseudonym(of), budget: limits[name] }
}

const pending = ({ pendingSeconds }: GuardLimits) => ({ pendingSeconds })
