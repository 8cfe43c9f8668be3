import type { Given } from '../../compose/settings.ts'
import { limitsFrom } from './limits.ts'

const HOUR = 60 * 60
const LEFT_FOR_DEVICES = 10

export const guardLimitsOf = (given: Given) =>
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
      // What strangers may guess leaves something for the owner's devices.
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
