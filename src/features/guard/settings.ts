import type { Given, Refuse } from '../../kernel/feature.ts'
import { whole } from '../../kernel/setting-kinds.ts'
import { type GuardLimits, limitsFrom } from './limits.ts'

const HOUR = 60 * 60
const DAY = 24 * HOUR
const LEFT_FOR_DEVICES = 10

export const settings = {
  MAX_LOGIN_ATTEMPTS: whole(1, 100).default(5),
  LOGIN_BLOCK_TIME: whole(1, DAY).default(300),
  MAX_DEVICE_ATTEMPTS: whole(1, 100).default(5),
  DEVICE_BLOCK_TIME: whole(1, DAY).default(300),
  MAX_ADDRESS_ATTEMPTS: whole(1, 1_000).default(100),
  ADDRESS_BLOCK_TIME: whole(1, DAY).default(900),
  MAX_ACCOUNT_ATTEMPTS: whole(1, 1_000).default(50),
  ACCOUNT_WINDOW_HOURS: whole(1, 7 * 24).default(24),
  ACCOUNT_THROTTLE_SECONDS: whole(1, 3_600).default(30),
  ACCOUNT_THROTTLE_MAX_SECONDS: whole(1, DAY).default(900),
  MAX_ADDRESS_CHECKS: whole(10, 10_000).default(300),
  MAX_ACCOUNT_CHECKS: whole(10, 10_000).default(60),
  MAX_ACCOUNT_CHANGES: whole(1, 1_000).default(30),
  KNOWN_NETWORKS: whole(1, 50).default(10),
  KNOWN_NETWORK_DAYS: whole(1, 365).default(30),
  RESET_ALARM_PER_HOUR: whole(1, 5_000).default(100),
  MAX_ADDRESS_MAILS: whole(1, 1_000).default(20),
  MAX_MAILBOX_MAILS: whole(1, 100).default(10),
  MAX_MAILS_PER_HOUR: whole(1, 5_000).default(1_000),
}

type Told = Given<typeof settings>

declare module '../../kernel/config.ts' {
  interface Config {
    readonly guard: GuardLimits
  }
}

export const config = (given: Told) => ({ guard: guardLimitsOf(given) })

export function check(given: Told, refuse: Refuse<keyof Told>) {
  if (given.ACCOUNT_THROTTLE_SECONDS > given.ACCOUNT_THROTTLE_MAX_SECONDS) {
    refuse('ACCOUNT_THROTTLE_SECONDS', 'may not be more than ACCOUNT_THROTTLE_MAX_SECONDS')
  }
}

const guardLimitsOf = (given: Told) =>
  limitsFrom({
    narrow: { limit: given.MAX_LOGIN_ATTEMPTS, seconds: given.LOGIN_BLOCK_TIME },
    device: { limit: given.MAX_DEVICE_ATTEMPTS, seconds: given.DEVICE_BLOCK_TIME },
    address: { limit: given.MAX_ADDRESS_ATTEMPTS, seconds: given.ADDRESS_BLOCK_TIME },
    account: {
      limit: given.MAX_ACCOUNT_ATTEMPTS,
      seconds: given.ACCOUNT_WINDOW_HOURS * HOUR,
      throttle: {
        everySeconds: given.ACCOUNT_THROTTLE_SECONDS,
        atMostSeconds: given.ACCOUNT_THROTTLE_MAX_SECONDS,
      },
    },
    networks: { most: given.KNOWN_NETWORKS, days: given.KNOWN_NETWORK_DAYS },
    checks: {
      fromAddress: given.MAX_ADDRESS_CHECKS,
      // Guesses of strangers must leave some checks for the owner's devices.
      ofAccount: Math.max(given.MAX_ACCOUNT_CHECKS, given.MAX_ACCOUNT_ATTEMPTS + LEFT_FOR_DEVICES),
    },
    hourly: {
      resetAlarm: given.RESET_ALARM_PER_HOUR,
      mailsFromAddress: given.MAX_ADDRESS_MAILS,
      mailsToMailbox: given.MAX_MAILBOX_MAILS,
      mails: given.MAX_MAILS_PER_HOUR,
      changes: given.MAX_ACCOUNT_CHANGES,
    },
  })
