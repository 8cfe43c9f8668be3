import type { MayForge } from '../features/sessions/ask-sessions.ts'
import { log, nameOf } from '../kernel/log.ts'

/** The limit only spares us work: a token whose MAC is wrong is dead without it as well, so it may fail. */
export const forgedTokensWithin =
  (limit: RateLimit): MayForge =>
  async (address) => {
    try {
      return (await limit.limit({ key: address ?? 'nobody' })).success
    } catch (error) {
      log.warn({ code: 'rate_limit_failed', reason: nameOf(error) })
      return true
    }
  }
