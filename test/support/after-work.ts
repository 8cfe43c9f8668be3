import { exports } from 'cloudflare:workers'
import { afterEach, beforeEach, vi } from 'vitest'
import { VerifyRpc } from '../../src/rpc/entrypoints.ts'

type Context = Pick<ExecutionContext, 'waitUntil'>

/**
 * A call over a service binding has a context of its own, which no test is handed. What the Worker does after such an
 * answer is waited for here, so that no test meets the afterwork of another.
 */
export function waitForAfterWork() {
  const works: Promise<unknown>[] = []
  beforeEach(async () => {
    const contexts = await prototypeOfContexts()
    const { waitUntil } = contexts
    vi.spyOn(contexts, 'waitUntil').mockImplementation(function (this: Context, work: Promise<unknown>) {
      works.push(work)
      waitUntil.call(this, work)
    })
  })
  afterEach(async () => {
    while (works.length > 0) await Promise.all(works.splice(0))
  })
}

/** The runtime does not name their class. */
async function prototypeOfContexts(): Promise<Context> {
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
