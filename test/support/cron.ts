import { createExecutionContext, createScheduledController } from 'cloudflare:test'
import worker from '../../src/index.ts'
import { afterwork } from './after-work.ts'

/** What the platform does every minute. All that it begins is over when this is. */
export async function fireCron(bindings: Env) {
  await worker.scheduled(createScheduledController({ cron: '* * * * *' }), bindings, createExecutionContext())
  await afterwork()
}
