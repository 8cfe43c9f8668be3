import type { SessionObject } from './state/messages.ts'

/** Asks the session object of one user. Whatever keeps it from answering is a 503: nobody is let in, and nobody told 401. */
export type AskSessions = <Answer>(subject: string, ask: (object: SessionObject) => Promise<Answer>) => Promise<Answer>

/** The rate limit on forged refresh tokens: false once this address has sent too many. */
export type WithinForgeryLimit = (address: string | null) => Promise<boolean>

declare module '../../kernel/deps.ts' {
  interface Deps {
    askSessions: AskSessions
    withinForgeryLimit: WithinForgeryLimit
  }
}
