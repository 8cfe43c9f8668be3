import { WorkerEntrypoint } from 'cloudflare:workers'
import { createHasher, type HashJob, type VerifyJob } from '../../src/crypto/hasher.ts'

/** Nobody else needs this thread, so the queue need not rest. */
const hasher = createHasher({ now: () => Date.now(), restMs: 0 })

/** Hashes passwords for the front. It has no address, holds no secret and keeps nothing. */
export class HashRpc extends WorkerEntrypoint {
  hash(job: HashJob) {
    return hasher.hash(job)
  }
  verify(job: VerifyJob) {
    return hasher.verify(job)
  }
}

export default { fetch: () => new Response(null, { status: 404 }) } satisfies ExportedHandler
