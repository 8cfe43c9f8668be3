import type { TestProject } from 'vitest/node'
import { build } from '../../build/run.ts'
import { migrate } from '../../cli/database/migrations.ts'
import { newSigningKey } from '../../cli/keys/new-signing-key.ts'
import { openEngine } from '../../dev/stack/engine.ts'
import { startStack } from '../../dev/stack/server.ts'
import { openNetwork } from './network.ts'
import { keepNetworks } from './network-in-process.ts'
import { STACK_PASSWORD } from './settings.ts'

/** A real engine for each runner of tests: embedded, or the one server that TEST_DATABASE_URL names. */
export default async function setUp({ provide }: TestProject) {
  build()
  const opened: { close(): Promise<void> }[] = []
  keepNetworks(async () => {
    const url = process.env.TEST_DATABASE_URL
    const engine = await openEngine(url ? { url } : {})
    await migrate(engine)
    const stack = await startStack({ engine, password: STACK_PASSWORD })
    opened.push(stack, engine)
    return openNetwork(stack)
  })
  provide('manyBodies', Boolean(process.env.MANY_BODIES))
  provide('signingKey', await newSigningKey('ES256', new Date(0)))
  return async () => {
    for (const each of opened) await each.close()
  }
}

declare module 'vitest' {
  interface ProvidedContext {
    manyBodies: boolean
    signingKey: string
  }
}
