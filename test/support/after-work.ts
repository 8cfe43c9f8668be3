import { createExecutionContext } from 'cloudflare:test'
import { exports } from 'cloudflare:workers'
import { afterEach, beforeEach, vi } from 'vitest'
import { VerifyRpc } from '../../src/compose/rpc/entrypoints.ts'

type Context = Pick<ExecutionContext, 'waitUntil'>

const works: Promise<unknown>[] = []
let watching: Promise<void> | undefined

/**
 * What the Worker does after its answers, until none of it is left: mails, deliveries, guards that are settled, copies in KV. A
 * client gets its answer before all that. So a test asks for it only where it looks at what comes after the answer, or breaks
 * or counts what that work would meet.
 */
export async function afterwork(): Promise<void> {
  while (works.length > 0) await Promise.all(works.splice(0))
}

/** What still runs at the end of a test is waited for, so that no test meets the afterwork of another. */
export function waitForAfterWork() {
  beforeEach(() => {
    watching ??= watchContexts()
    return watching
  })
  afterEach(afterwork)
}

/** Every context: those that tests make, and those of calls over a service binding, which no test is handed. */
async function watchContexts() {
  for (const contexts of [Object.getPrototypeOf(createExecutionContext()), await contextsOfBindings()]) watch(contexts)
}

/** For good, and not by a spy, which ends with its test. */
function watch(contexts: Context) {
  const { waitUntil } = contexts
  contexts.waitUntil = function (this: Context, work: Promise<unknown>) {
    works.push(work)
    waitUntil.call(this, work)
  }
}

/** The runtime does not name their class. */
async function contextsOfBindings(): Promise<Context> {
  const seen: Context[] = []
  vi.spyOn(VerifyRpc.prototype, 'verify').mockImplementationOnce(async function (this: VerifyRpc) {
    seen.push(Object.getPrototypeOf(Reflect.get(this, 'ctx')))
    return { ok: false, error: 'unavailable' }
  })
  await exports.VerifyRpc.verify({})
  const [prototype] = seen
  if (!prototype) throw new Error('The entrypoint has no context.')
  return prototype
}
