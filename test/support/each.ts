import { reset } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { neon } from '@neondatabase/serverless'
import { afterEach, beforeEach, expect, vi } from 'vitest'
import { parseConfig } from '../../src/config.ts'
import { connect } from '../../src/db/client.ts'
import { healEverything } from './switchboard.ts'

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
  // What nobody listens to costs as much as the test: whoever looks at the log listens for themselves.
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  await healEverything()
  await reset()
  await connect(parseConfig(env))
  await neon(env.DATABASE_URL)`truncate users, identifiers, codes, outbox, event_counters restart identity cascade`
})

afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
  expect(complaints, 'a stray console.error').toEqual([])
})
