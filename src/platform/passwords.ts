import type { Config } from '../config.ts'
import { CallerGone, hashQueue, QueueFull } from '../crypto/hash-queue.ts'
import { dummyHash, hashPassword, type Verification, verifyPassword } from '../crypto/password-hash.ts'
import { AuthError } from '../errors.ts'

/** The one way to a hash. Where it is computed can change here without a use case noticing. */
export type Passwords = {
  hash: (password: string) => Promise<string>
  /** For nobody, and for somebody without a password, it takes as long and is never right. */
  verify: (password: string, stored: string | null | undefined) => Promise<Verification>
}

/** Two seconds of hashing are sixteen passwords at full cost; the number only bounds what a burst may hold in memory. */
const LINE = { maxWaiting: 64, maxWaitMs: 2_000 }

/** One line for each isolate; whoever asks in it says, with their request's signal, when they are gone. */
export function passwordsWith({ passwordCost: cost }: Pick<Config, 'passwordCost'>) {
  const inLine = hashQueue({ ...LINE, now: () => Date.now() })
  const nobody = dummyHash(cost)
  return (signal: () => AbortSignal | undefined): Passwords => {
    const inTurn = <T>(work: () => Promise<T>) => inLine(work, signal()).catch(explain)
    return {
      hash: (password) => inTurn(() => hashPassword(password, { cost })),
      verify: (password, stored) => inTurn(() => verifyPassword(password, stored ?? nobody, { cost })),
    }
  }
}

function explain(error: unknown): never {
  if (error instanceof QueueFull) throw new AuthError('unavailable', { reason: 'too many hashes', retryAfter: 2 })
  if (error instanceof CallerGone) throw new AuthError('unavailable', { reason: 'the caller has gone' })
  throw error
}
