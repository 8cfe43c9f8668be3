import type { SessionObject } from '../features/sessions/state/messages.ts'
import { AuthError } from '../kernel/errors.ts'
import { faultOf } from '../kernel/object-fault.ts'
import type { UserSessions } from './objects/user-sessions.ts'

/** Asks the session object of one user. Whatever keeps it from answering is a 503: nobody is let in, and nobody told 401. */
export type AskSessions = <Answer>(subject: string, ask: (object: SessionObject) => Promise<Answer>) => Promise<Answer>

/** A new stub each time, since one that threw is spent; and no loop, since the platform repeats what may be repeated. */
export const sessionObjectsIn =
  (namespace: DurableObjectNamespace<UserSessions>): AskSessions =>
  async (subject, ask) => {
    try {
      return await ask(namespace.getByName(subject))
    } catch (cause) {
      throw new AuthError('unavailable', { reason: `the session object ${faultOf(cause)}`, retryAfter: 1, cause })
    }
  }
