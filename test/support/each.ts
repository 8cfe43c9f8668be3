import { reset } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, expect, vi } from 'vitest'
import { parseConfig } from '../../src/compose/config.ts'
import { connect } from '../../src/db/client.ts'
import { waitForAfterWork } from './after-work.ts'
import { cacheModules } from './module-cache.ts'
import { emptyDatabase, healEverything } from './switchboard.ts'

cacheModules()

/** The Worker hashes itself here, so that a test can hold a hash. Both Workers run wherever a test starts the service as a process. */
Reflect.deleteProperty(env, 'HASHER')

let complaints: string[] = []

/** For a test that provokes an error on purpose: what was complained of, and silence afterwards. */
export function complaintsSoFar(): string[] {
  const heard = complaints
  complaints = []
  return heard
}

beforeEach(async () => {
  complaints = []
  vi.spyOn(console, 'error').mockImplementation((...words) => void complaints.push(words.map(String).join(' ')))
  // Writing the log costs as much as the test. A test that looks at the log spies on it again.
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  await healEverything()
  await reset()
  // Last, so that no alarm writes into what has just been emptied.
  await emptyDatabase()
  await connect(parseConfig(env))
})

// Run in reverse order: what still follows the answers ends while this test's doubles are in place.
afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
  expect(complaints, 'a stray console.error').toEqual([])
})

waitForAfterWork()
