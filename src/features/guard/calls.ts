import { type BudgetName, BY_ADDRESS, type GuardLimits } from './limits.ts'
import type { Charge, Check, Remember, Reserve } from './messages.ts'
import type { Network } from './networks.ts'

/** One call of a guard: the name of its object, the reservation to make, and what the guard remembers after a success. */
export type GuardCall = { name: string; message: Omit<Reserve, 'reservation'>; remember?: Remember }

/** Names are keyed pseudonyms: the name and the rows of an object show no address and no identifier. */
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

/** The target of the guess: an account by its subject, or a name without an account. */
export type Guessed = { subject: string } | { identifier: string }

type Doing = keyof typeof BY_ADDRESS

/**
 * One object serves an IPv6 /48 and counts its /56 and /64 networks separately. So one call covers all three, and the /48 limit
 * bounds the stored rows.
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

/** Before a check of a password: charges the address and the pair of address and identifier, and counts the check. */
export function attemptFrom(deps: With, from: Network, identifier: string): GuardCall {
  const { limits, nameOf } = deps
  const { name, message } = addressCall(deps, from, 'attempt')
  const pair: Charge = { name: 'pair', key: nameOf('pair', `${from.network} ${identifier}`), budget: limits.pair }
  return { name, message: { ...message, claims: [...message.claims, pair], checks: checksOf(deps, from) } }
}

/** For a known device, which charges no budget of the address: counts the check only. */
export const checksFrom = (deps: With, from: Network): GuardCall => ({
  name: objectOf(deps.nameOf, from),
  message: { claims: [], checks: checksOf(deps, from), pendingSeconds: deps.limits.pendingSeconds },
})

/** The pseudonyms of an address and its wider networks, for a later count without the address. */
export type NetworkKeys = { address: string; prefix56?: string | undefined; prefix48?: string | undefined }

export const networkKeysOf = (nameOf: NameOf, from: Network): NetworkKeys => ({
  address: nameOf('network', from.network),
  ...Object.fromEntries(networksOf(nameOf, from).map(({ width, key }) => [width, key])),
})

/** Charges the address that caused a mail, just before delivery. */
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

/** For a signed-in user the session is one more budget, not an exemption. A change is one more as well. */
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

/** For a known device. After a success, the account remembers its network. */
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
 * Before a change without a password. It has its own count, so that a thief of a session cannot use up the owner's changes of the
 * password.
 */
export function changeCall({ limits, nameOf }: With, subject: string): GuardCall {
  const name = nameOf('account', subject)
  const charges: Charge[] = [{ name: 'changes', key: `${name} profile`, budget: limits.changes }]
  return { name, message: { claims: charges, pendingSeconds: limits.pendingSeconds } }
}

/** Each pair of account and device has its own object, so a device token of one account cannot be used against others. */
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
