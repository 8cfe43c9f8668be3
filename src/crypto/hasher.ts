import { CallerGone, hashQueue, QueueFull } from './hash-queue.ts'
import { hashPassword, type Verification, verifyPassword } from './password-hash.ts'

/** Plain values, since another Worker may hash. `parties`: the accounts and networks that the work is for (`fair-line.ts`). */
export type HashJob = { password: string; cost: number; parties: string[]; deadline: number }
export type VerifyJob = HashJob & { stored: string }

/** `busy`: the line is full, or moves too slowly for the deadline. `gone`: nobody waits for the answer any more. */
export type Hashed<Value> = { ok: true; value: Value } | { ok: false; error: 'busy' | 'gone' }

export type Hasher = {
  hash: (job: HashJob, signal?: AbortSignal) => Promise<Hashed<string>>
  verify: (job: VerifyJob, signal?: AbortSignal) => Promise<Hashed<Verification>>
}

/** How long a caller may stand in line: two seconds are sixteen passwords at full cost. */
export const PATIENCE_MS = 2_000
/** This only bounds what a burst may hold in memory. */
const MAX_WAITING = 64

/** `restMs`: how long the queue lets others use the thread between two hashes. */
export function createHasher({ now, restMs }: { now: () => number; restMs: number }): Hasher {
  const inLine = hashQueue({ maxWaiting: MAX_WAITING, maxWaitMs: PATIENCE_MS, restMs, now })
  const inTurn = async <Value>(
    { parties, deadline }: HashJob,
    signal: AbortSignal | undefined,
    work: () => Promise<Value>,
  ) => {
    const inTime = () => {
      if (now() > deadline) throw new QueueFull('The deadline has passed.')
      return work()
    }
    try {
      return { ok: true as const, value: await inLine(inTime, { parties, signal }) }
    } catch (error) {
      if (error instanceof QueueFull) return { ok: false as const, error: 'busy' as const }
      if (error instanceof CallerGone) return { ok: false as const, error: 'gone' as const }
      throw error
    }
  }
  return {
    hash: (job, signal) => inTurn(job, signal, () => hashPassword(job.password, job)),
    verify: (job, signal) => inTurn(job, signal, () => verifyPassword(job.password, job.stored, job)),
  }
}
