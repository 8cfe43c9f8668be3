import { expect, it } from 'vitest'
import * as z from 'zod/mini'

/** What zod calls for every schema that is made. */
function countSchemas() {
  const made: unknown[] = []
  z.core.globalConfig.postProcessor = (schema) => made.push(schema)
  return made
}

it('a start makes no schema: each waits until it is needed', async () => {
  const made = countSchemas()
  const { createApp } = await import('../../src/compose/app.ts')
  const app = createApp(() => {
    throw new Error('no request is made here')
  })
  await import('../../src/compose/rpc/wire.ts')
  await import('../../src/compose/sinks.ts')
  expect(made).toEqual([])
  // And the counter counts.
  for (const { body } of app.operations) body?.()
  expect(made.length).toBeGreaterThan(50)
})
