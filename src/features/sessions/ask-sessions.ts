import type { SessionObject } from './state/messages.ts'

/** Calls the session object of one user. If it does not answer, the request fails with 503 and never with 401. */
export type AskSessions = <Answer>(subject: string, ask: (object: SessionObject) => Promise<Answer>) => Promise<Answer>

/** The rate limit on forged refresh tokens: false once this address has sent too many. */
export type WithinForgeryLimit = (address: string | null) => Promise<boolean>

declare module '../../kernel/deps.ts' {
  interface Deps {
    askSessions: AskSessions
    withinForgeryLimit: WithinForgeryLimit
  }
}
