import { type BudgetName, BY_ADDRESS, type GuardLimits } from './limits.ts'
import type { Charge, Check, Remember, Reserve } from './messages.ts'
import type { Network } from './networks.ts'

/** One call of a guard: the name of its object, the reservation to make, and what the guard remembers after a success. */
export type GuardCall = { name: string; message: Omit<Reserve, 'reservation'>; remember?: Remember }

/** Keyed, so that neither an object's name nor its rows tell an address or an identifier. */
type Named =
  | 'network'
  | 'pair'
  | 'identifier'
  | 'account'
  | 'device'
  | 'session'
  | 'code'
  | 'mailbox'
  | 'notice'
  | 'service'
export type NameOf = (kind: Named, text: string) => string

export type With = { limits: GuardLimits; nameOf: NameOf }

/** Who is guessed at: an account by its subject, and a name that nobody has by itself. */
export type Guessed = { subject: string } | { identifier: string }

type Doing = keyof typeof BY_ADDRESS

/**
 * One object holds an IPv6 /48 and counts its /56 and /64 by themselves: one call asks all three, and the widest
 * limit bounds what it stores.
 */
export function addressCall({ limits, nameOf }: With, from: Network, ...doings: Doing[]): GuardCall {
  const charges = doings.flatMap((doing) =>
    networksOf(nameOf, from).map(({ width, key }): Charge => {
      const name: BudgetName = BY_ADDRESS[doing][width]
      return { name, key, budget: limits[name] }
    }),
  )
  return { name: objectOf(nameOf, from), message: { claims: charges, pendingSeconds: limits.pendingSeconds } }
}

/** Before a password is checked for this identifier: the pair of both, and how often the address has passwords checked. */
export function attemptFrom(deps: With, from: Network, identifier: string): GuardCall {
  const { limits, nameOf } = deps
  const { name, message } = addressCall(deps, from, 'attempt')
  const pair: Charge = { name: 'pair', key: nameOf('pair', `${from.network} ${identifier}`), budget: limits.pair }
  return { name, message: { ...message, claims: [...message.claims, pair], checks: checksOf(deps, from) } }
}

/** For a device that has logged in before, which spends no other budget of the address. */
export const checksFrom = (deps: With, from: Network): GuardCall => ({
  name: objectOf(deps.nameOf, from),
  message: { claims: [], checks: checksOf(deps, from), pendingSeconds: deps.limits.pendingSeconds },
})

/** The keyed names of the networks that an address belongs to, for who counts it later and is not to know it. */
export type NetworkKeys = { address: string; prefix56?: string | undefined; prefix48?: string | undefined }

export const networkKeysOf = (nameOf: NameOf, from: Network): NetworkKeys => ({
  address: nameOf('network', from.network),
  ...Object.fromEntries(networksOf(nameOf, from).map(({ width, key }) => [width, key])),
})

/** A mail that an address has caused, counted when it is about to leave. */
export function mailCausedFrom({ limits }: With, keys: NetworkKeys): GuardCall {
  const charges = (['address', 'prefix56', 'prefix48'] as const).flatMap((width): Charge[] => {
    const name = BY_ADDRESS.mail[width]
    const key = keys[width]
    return key === undefined ? [] : [{ name, key, budget: limits[name] }]
  })
  return { name: keys.prefix48 ?? keys.address, message: { claims: charges, pendingSeconds: limits.pendingSeconds } }
}

const checksOf = ({ limits, nameOf }: With, from: Network): Check[] =>
  networksOf(nameOf, from).map(({ width, key }) => ({ key, rate: limits.checks[width] }))

const objectOf = (nameOf: NameOf, { network, prefix48 }: Network) => nameOf('network', prefix48 ?? network)

function networksOf(nameOf: NameOf, { network, prefix56, prefix48 }: Network) {
  const all = { address: network, prefix56, prefix48 }
  return (['address', 'prefix56', 'prefix48'] as const).flatMap((width) => {
    const text = all[width]
    return text === null ? [] : [{ width, key: nameOf('network', text) }]
  })
}

type Attempted = { from: Network; guessed: Guessed; session?: string; changes?: boolean }

/** A session is for those who are signed in: it is one more budget, not an exemption. A change is one more as well. */
export function accountCall(deps: With, { from, guessed, session, changes = false }: Attempted): GuardCall {
  const { limits, nameOf } = deps
  const name = nameOfGuessed(nameOf, guessed)
  const network = nameOf('network', from.network)
  const charges: Charge[] = [
    { name: 'identifier', key: name, budget: limits.identifier },
    { name: 'accountPair', key: network, budget: limits.accountPair },
  ]
  if (session !== undefined) charges.push({ name: 'session', key: nameOf('session', session), budget: limits.session })
  if (changes) charges.push({ name: 'changes', key: name, budget: limits.changes })
  return {
    name,
    message: {
      claims: charges,
      network: { key: network, budget: limits.networkDay },
      checks: [{ key: name, rate: limits.checks.account }],
      pendingSeconds: limits.pendingSeconds,
    },
    remember: rememberFrom(deps, from),
  }
}

/** For a device that has logged in before. Where it gets in, the account learns of the network. */
export function checksOfAccount(deps: With, from: Network, subject: string): GuardCall {
  const { limits, nameOf } = deps
  const name = nameOf('account', subject)
  return {
    name,
    message: {
      claims: [],
      checks: [{ key: name, rate: limits.checks.account }],
      pendingSeconds: limits.pendingSeconds,
    },
    remember: rememberFrom(deps, from),
  }
}

/**
 * Before a change that asks for no password. It has a count of its own, so that whoever has no more than a session keeps the owner
 * from no change of the password.
 */
export function changeCall({ limits, nameOf }: With, subject: string): GuardCall {
  const name = nameOf('account', subject)
  const charges: Charge[] = [{ name: 'changes', key: `${name} profile`, budget: limits.changes }]
  return { name, message: { claims: charges, pendingSeconds: limits.pendingSeconds } }
}

/** A device has an object of its own, so that the device of one account buys no reads of a thousand others. */
export function deviceCall({ limits, nameOf }: With, device: { subject: string; id: string }): GuardCall {
  const name = nameOf('device', `${device.subject} ${device.id}`)
  const charges: Charge[] = [
    { name: 'device', key: name, budget: limits.device },
    { name: 'deviceDay', key: name, budget: limits.deviceDay },
  ]
  return { name, message: { claims: charges, pendingSeconds: limits.pendingSeconds } }
}

const nameOfGuessed = (nameOf: NameOf, guessed: Guessed) =>
  'subject' in guessed ? nameOf('account', guessed.subject) : nameOf('identifier', guessed.identifier)

export const rememberFrom = ({ limits, nameOf }: With, { network }: Network): Remember => ({
  network: nameOf('network', network),
  ...limits.networks,
})
