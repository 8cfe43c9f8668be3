import type { TestProject } from 'vitest/node'
import { migrate } from '../../cli/database/migrations.ts'
import { newSigningKey } from '../../cli/keys/new-signing-key.ts'
import { buildAssets } from '../../dev/assets.ts'
import { openEngine } from '../../dev/stack/engine.ts'
import { startStack } from '../../dev/stack/server.ts'
import { STACK_PASSWORD } from './settings.ts'
import { keepStack } from './stack-in-process.ts'

/** One real engine for the whole run: embedded, or the server that TEST_DATABASE_URL names. */
export default async function setUp({ provide }: TestProject) {
  buildAssets()
  const url = process.env.TEST_DATABASE_URL
  const engine = await openEngine(url ? { url } : {})
  await migrate(engine)
  const stack = await startStack({ engine, password: STACK_PASSWORD })
  keepStack(stack)
  provide('stackUrl', stack.url)
  provide('manyBodies', Boolean(process.env.MANY_BODIES))
  provide('signingKey', await newSigningKey('ES256', new Date(0)))
  return async () => {
    await stack.close()
    await engine.close()
  }
}

declare module 'vitest' {
  interface ProvidedContext {
    stackUrl: string
    manyBodies: boolean
    signingKey: string
  }
}
