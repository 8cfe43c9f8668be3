import type { WithinForgeryLimit } from '../features/sessions/ask-sessions.ts'
import { log, nameOf } from '../kernel/log.ts'

/** The limit only saves work, since a token with a wrong MAC is refused anyway. So the limiter may fail. */
export const forgeryLimitBy =
  (limit: RateLimit): WithinForgeryLimit =>
  async (address) => {
    try {
      return (await limit.limit({ key: address ?? 'nobody' })).success
    } catch (error) {
      log.warn({ code: 'rate_limit_failed', reason: nameOf(error) })
      return true
    }
  }
