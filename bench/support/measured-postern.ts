import { build } from './build.ts'
import { answered, clientAt } from './client.ts'
import type { Operation } from './cpu-rounds.ts'
import { posternWith, startDatabase } from './postern.ts'
import { posternOperations } from './postern-operations.ts'
import { serve } from './workerd.ts'

export const BARE = 'bare object call with one write'

/** Every operation of Postern and a bare call of an object. Hashes cost nothing here, so what is measured stands beside them. */
export async function measuredPostern() {
  const database = await startDatabase()
  const workerd = await serve({
    object: { built: await build('bench/workers/bare-object.toml'), objects: { COUNTER: 'Counter' } },
    postern: await posternWith(await build(), { ...database, cost: 4 }),
    verifier: {
      built: await build('bench/workers/verifier.toml'),
      services: { POSTERN: { worker: 'postern', entrypoint: 'VerifyRpc' } },
    },
  })
  const { pid } = workerd
  const at = (name: string) => clientAt(workerd.port(name))
  const [object, doors] = [at('object'), { postern: at('postern'), verifier: at('verifier') }]
  const operations: Operation[] = [
    { name: BARE, pid, ask: () => answered(object('/', { name: 'one' })) },
    ...Object.entries(await posternOperations(doors)).map(([name, ask]) => ({ ...ask, name, pid })),
  ]
  const stop = async () => {
    await workerd.stop()
    await database.close()
  }
  return { pid, operations, stop }
}
