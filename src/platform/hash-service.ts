import type { Hashed, Hasher, HashJob, VerifyJob } from '../crypto/hasher.ts'
import { isKnownFormat, type Verification } from '../crypto/password-hash.ts'
import { AuthError } from '../kernel/failure.ts'
import { unavailable } from '../kernel/failures.ts'
import { nameOf } from '../kernel/log.ts'

/** The methods of the Worker in `workers/hash/`, as a service binding has them. */
export type HashService = {
  hash: (job: HashJob) => Promise<Hashed<string>>
  verify: (job: VerifyJob) => Promise<Hashed<Verification>>
}

/** More than the service lets wait, since the service knows whose turn it is. This only bounds what is held in memory here. */
const MAX_IN_FLIGHT = 256
/** Beyond the deadline, for the hash itself and the way there and back. */
const ANSWER_MS = 2_000

/**
 * The hasher of another Worker. It never hashes here instead: the load that a service cannot bear would stop the thread that
 * answers everybody else.
 */
export function hasherBehind(service: HashService, now: () => number): Hasher {
  /** A request that is cancelled runs no more code, so a call also ends by the clock. */
  const inFlight = new Set<{ until: number }>()

  async function ask<Value>(
    { deadline }: HashJob,
    signal: AbortSignal | undefined,
    call: () => Promise<Hashed<Value>>,
  ) {
    const at = now()
    for (const one of inFlight) if (one.until < at) inFlight.delete(one)
    if (inFlight.size >= MAX_IN_FLIGHT) return { ok: false as const, error: 'busy' as const }
    if (signal?.aborted) return { ok: false as const, error: 'gone' as const }
    const one = { until: deadline + ANSWER_MS }
    inFlight.add(one)
    const { promise, resolve, reject } = Promise.withResolvers<Hashed<Value>>()
    const leave = () => resolve({ ok: false, error: 'gone' })
    const late = setTimeout(() => reject(failed('does not answer')), one.until - at)
    signal?.addEventListener('abort', leave)
    call().then(resolve, (error) => reject(failed(`has failed: ${nameOf(error)}`)))
    try {
      return await promise
    } finally {
      clearTimeout(late)
      signal?.removeEventListener('abort', leave)
      inFlight.delete(one)
    }
  }

  return {
    hash: (job, signal) => ask(job, signal, () => service.hash(job)),
    verify: async (job, signal) => {
      const answer = await ask(job, signal, () => service.verify(job))
      // A service of an older release must not call a password wrong because of how it is hashed.
      if (answer.ok && answer.value.unusable === 'unknown_format' && isKnownFormat(job.stored)) {
        throw failed('is older than the format of this hash')
      }
      return answer
    },
  }
}

const failed = (how: string) => new AuthError(unavailable, { reason: `the hash service ${how}`, retryAfter: 2 })
