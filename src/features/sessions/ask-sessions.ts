import type { SessionObject } from './state/messages.ts'

/** Asks the session object of one user. Whatever keeps it from answering is a 503: nobody is let in, and nobody told 401. */
export type AskSessions = <Answer>(subject: string, ask: (object: SessionObject) => Promise<Answer>) => Promise<Answer>

/** False when this address has sent too many forged refresh tokens lately. */
export type MayForge = (address: string | null) => Promise<boolean>

declare module '../../kernel/deps.ts' {
  interface Deps {
    askSessions: AskSessions
    mayForge: MayForge
  }
}
