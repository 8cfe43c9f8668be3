/**
 * `limit` failures within `seconds` close the way for `seconds`; with a `throttle`, one attempt at a time
 * stays possible, each after twice the wait of the one before.
 */
export type Budget = {
  limit: number
  seconds: number
  throttle?: { everySeconds: number; atMostSeconds: number }
}

/** `told`: the event that says that it is spent. A cap on mail is nobody's guessing, so none does. */
type Kind = { clearedByRight: boolean; told: 'login_blocked' | 'reset_alarm' | null }

const guessing = (clearedByRight: boolean): Kind => ({ clearedByRight, told: 'login_blocked' })
const mailing: Kind = { clearedByRight: false, told: null }

/** Every budget by its name, and whether the right password clears it: whoever knows it is not the one guessing. */
export const BUDGETS = {
  /** One identifier from one address. */
  pair: guessing(true),
  /** All identifiers from one IPv4 address or IPv6 /64. */
  address: guessing(false),
  prefix56: guessing(false),
  prefix48: guessing(false),
  /** One identifier from all addresses. */
  identifier: guessing(false),
  /** One identifier from a network where it lately got in; stands in place of `identifier`. */
  knownNetwork: guessing(true),
  /** One device that got in before; stands in place of all others. */
  device: guessing(true),
  /** One session, for those who are signed in and asked for their password again. */
  session: guessing(true),
  /** Digits of codes: from one address over all accounts, for one account, and over all of the service. */
  codeAddress: guessing(false),
  codeAccount: guessing(true),
  codeAlarm: { clearedByRight: false, told: 'reset_alarm' },
  /** Mails that anybody can ask for: codes for one account, from one address, to one mailbox, in all. */
  codeRequests: mailing,
  mailAddress: mailing,
  mailbox: mailing,
  mailTotal: mailing,
  /** Mails that tell somebody of something, where one a day is enough. */
  notice: mailing,
} as const satisfies Record<string, Kind>

export type BudgetName = keyof typeof BUDGETS

export type GuardLimits = Record<BudgetName, Budget> & {
  /** How many networks an identifier remembers, and for how long. */
  networks: { most: number; days: number }
  /** An attempt that nobody settles (a crash) counts as wrong after this. */
  pendingSeconds: number
}

/** What an operator chooses; everything else follows from it. */
export type ChosenLimits = {
  /** Wrong passwords on a way that belongs to one account. */
  narrow: Budget
  device: Budget
  address: Budget
  account: Required<Budget>
  networks: GuardLimits['networks']
  /** Within an hour. */
  hourly: { resetAlarm: number; mailsFromAddress: number; mailsToMailbox: number; mails: number }
}

const HOUR = 60 * 60
const DAY = 24 * HOUR

/** What nobody chooses: how many wrong digits take over how many accounts is computed from these in docs/security.md. */
const OF_CODES = {
  codeAddress: { limit: 10, seconds: HOUR },
  codeAccount: { limit: 10, seconds: DAY },
  codeRequests: { limit: 3, seconds: 15 * 60 },
  notice: { limit: 1, seconds: DAY },
}

/** Strangers can fill a mailbox's share, so one mail at a time goes on beyond it: its owner may be waiting for one. */
const MAILBOX_THROTTLE = { everySeconds: 5 * 60, atMostSeconds: 15 * 60 }

/** Longer than any log-in takes, hashing and waiting included. */
const PENDING_SECONDS = 30

export function limitsFrom({ narrow, device, address, account, networks, hourly }: ChosenLimits): GuardLimits {
  const wider = (times: number) => ({ ...address, limit: address.limit * times })
  return {
    pair: narrow,
    address,
    prefix56: wider(2),
    prefix48: wider(8),
    identifier: account,
    knownNetwork: narrow,
    device,
    session: narrow,
    ...OF_CODES,
    codeAlarm: { limit: hourly.resetAlarm, seconds: HOUR },
    mailAddress: { limit: hourly.mailsFromAddress, seconds: HOUR },
    mailbox: { limit: hourly.mailsToMailbox, seconds: HOUR, throttle: MAILBOX_THROTTLE },
    mailTotal: { limit: hourly.mails, seconds: HOUR },
    networks,
    pendingSeconds: PENDING_SECONDS,
  }
}
