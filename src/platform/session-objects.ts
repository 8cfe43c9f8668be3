import type { AskSessions } from '../features/sessions/ask-sessions.ts'
import type { SessionObject } from '../features/sessions/state/messages.ts'
import { AuthError } from '../kernel/failure.ts'
import { unavailable } from '../kernel/failures.ts'
import { faultOf } from '../kernel/object-fault.ts'

type SessionObjects = { getByName: (subject: string) => SessionObject }

/** A new stub each time, since a stub that threw cannot be used again. No retry, since the platform repeats safe calls. */
export const sessionObjectsIn =
  (namespace: SessionObjects): AskSessions =>
  async (subject, ask) => {
    try {
      return await ask(namespace.getByName(subject))
    } catch (cause) {
      throw new AuthError(unavailable, { reason: `the session object ${faultOf(cause)}`, retryAfter: 1, cause })
    }
  }
