/**
 * `limit` failures within `seconds` close the way for `seconds`; with a `throttle`, one attempt at a time
 * stays possible, each after twice the wait of the one before.
 */
export type Budget = {
  limit: number
  seconds: number
  throttle?: { everySeconds: number; atMostSeconds: number }
}

/**
 * `counts`: whether an attempt spends the budget when it fails or when it succeeds. `told`: the event that says that the budget
 * is spent. A cap on mail or on changes is nobody's guessing, so no event tells of it.
 */
type Kind = { counts: 'wrong' | 'right'; clearedByRight: boolean; told: 'login_blocked' | 'reset_alarm' | null }

const guessing = (clearedByRight: boolean): Kind => ({ counts: 'wrong', clearedByRight, told: 'login_blocked' })
const mailing: Kind = { counts: 'wrong', clearedByRight: false, told: null }

/** Every budget by its name, and whether the right password clears it: whoever knows it is not the one guessing. */
export const BUDGETS = {
  /** One identifier from one address, counted by the address: it refuses before anything is read. */
  pair: guessing(true),
  /** One account from one address, whatever name it is called by, counted by the account. */
  accountPair: guessing(true),
  /** All identifiers from one IPv4 address or IPv6 /64. */
  address: guessing(false),
  prefix56: guessing(false),
  prefix48: guessing(false),
  /** One account from all addresses; by its identifier where nobody has the name. */
  identifier: guessing(false),
  /** One account over the day from a network where it lately got in; stands in place of `identifier`. */
  networkDay: guessing(false),
  /** One device that got in before; these two stand in place of all others. */
  device: guessing(true),
  deviceDay: guessing(false),
  /** One session, for those who are signed in and asked for their password again. */
  session: guessing(true),
  /** Digits of codes: from one address over all accounts, for one account, and over all of the service. */
  codeAddress: guessing(false),
  codePrefix56: guessing(false),
  codePrefix48: guessing(false),
  codeAccount: guessing(true),
  codeAlarm: { counts: 'wrong', clearedByRight: false, told: 'reset_alarm' },
  /** Mails that anybody can ask for: codes for one account, from one address, to one mailbox, in all. */
  codeRequests: mailing,
  mailAddress: mailing,
  mailPrefix56: mailing,
  mailPrefix48: mailing,
  mailbox: mailing,
  mailTotal: mailing,
  /** Mails that tell somebody of something, where one a day is enough. */
  notice: mailing,
  /** Changes that one user makes: each is told to every sink, and some are mailed. */
  changes: { counts: 'right', clearedByRight: false, told: null },
} as const satisfies Record<string, Kind>

export type BudgetName = keyof typeof BUDGETS

/** The budgets that each kind of request charges: for the address itself and for its wider IPv6 networks. */
export const BY_ADDRESS = {
  attempt: { address: 'address', prefix56: 'prefix56', prefix48: 'prefix48' },
  digits: { address: 'codeAddress', prefix56: 'codePrefix56', prefix48: 'codePrefix48' },
  mail: { address: 'mailAddress', prefix56: 'mailPrefix56', prefix48: 'mailPrefix48' },
} as const satisfies Record<string, Record<'address' | 'prefix56' | 'prefix48', BudgetName>>

/** So many passwords are checked within so many seconds, right or wrong. */
export type Rate = { limit: number; seconds: number }

export type GuardLimits = Record<BudgetName, Budget> & {
  checks: { address: Rate; prefix56: Rate; prefix48: Rate; account: Rate }
  /** How many networks an identifier remembers, and for how long. */
  networks: { most: number; days: number }
  /** An attempt that is never settled (a crash) counts as wrong after this time. */
  pendingSeconds: number
}

/** The settings of the operator. All limits are derived from them. */
export type ChosenLimits = {
  /** Wrong passwords for one account from one address or one session. */
  narrow: Budget
  device: Budget
  address: Budget
  account: Required<Budget>
  networks: GuardLimits['networks']
  /** Checks of a password within five minutes, right or wrong. */
  checks: { fromAddress: number; ofAccount: number }
  /** Within an hour. */
  hourly: { resetAlarm: number; mailsFromAddress: number; mailsToMailbox: number; mails: number; changes: number }
}

const HOUR = 60 * 60
const DAY = 24 * HOUR

const CODE_ADDRESS = { limit: 10, seconds: HOUR }

/** Fixed limits. docs/security.md computes from them how many accounts a guesser of digits can take over. */
const OF_CODES = {
  codeAccount: { limit: 10, seconds: DAY },
  codeRequests: { limit: 3, seconds: 15 * 60 },
  notice: { limit: 1, seconds: DAY },
}

/** Strangers can spend the budget of a mailbox. So one mail at a time stays possible, since its owner may be waiting for one. */
const MAILBOX_THROTTLE = { everySeconds: 5 * 60, atMostSeconds: 15 * 60 }

/** Longer than any log-in takes, hashing and waiting included. */
const PENDING_SECONDS = 30

const CHECKS_SECONDS = 5 * 60

/** Networks that one party can hold are counted together: an IPv6 /56 has twice as much as a /64, a /48 eight times. */
const wider = (budget: Budget) => ({
  address: budget,
  prefix56: { ...budget, limit: budget.limit * 2 },
  prefix48: { ...budget, limit: budget.limit * 8 },
})

export function limitsFrom({ narrow, device, address, account, networks, checks, hourly }: ChosenLimits): GuardLimits {
  const digits = wider(CODE_ADDRESS)
  const mails = wider({ limit: hourly.mailsFromAddress, seconds: HOUR })
  return {
    pair: narrow,
    accountPair: narrow,
    ...wider(address),
    identifier: account,
    networkDay: account,
    device,
    deviceDay: account,
    session: narrow,
    ...OF_CODES,
    codeAddress: digits.address,
    codePrefix56: digits.prefix56,
    codePrefix48: digits.prefix48,
    codeAlarm: { limit: hourly.resetAlarm, seconds: HOUR },
    mailAddress: mails.address,
    mailPrefix56: mails.prefix56,
    mailPrefix48: mails.prefix48,
    mailbox: { limit: hourly.mailsToMailbox, seconds: HOUR, throttle: MAILBOX_THROTTLE },
    mailTotal: { limit: hourly.mails, seconds: HOUR },
    changes: { limit: hourly.changes, seconds: HOUR },
    checks: {
      ...wider({ limit: checks.fromAddress, seconds: CHECKS_SECONDS }),
      account: { limit: checks.ofAccount, seconds: CHECKS_SECONDS },
    },
    networks,
    pendingSeconds: PENDING_SECONDS,
  }
}
