import type { Endpoint, Fault } from '../../dev/stack/faults.ts'
import { afterwork } from './after-work.ts'
import type { Ranges } from './ranges.ts'

const ask = (path: string, body?: unknown) =>
  fetch(`http://switchboard.test${path}`, { method: 'POST', body: JSON.stringify(body ?? {}) })

export const emptyDatabase = () => ask('/empty')
export const healEverything = () => ask('/heal')
/** The faults alone: what the inbox holds stays. */
export const healEndpoints = () => ask('/heal-faults')
export const breakEndpoint = (endpoint: Endpoint, fault: Fault) => ask('/fault', { endpoint, fault })

/** Requests to `http://held.test` wait from now on, until the end of `work` or of the test. */
export async function holding<T>(work: () => Promise<T>): Promise<T> {
  await ask('/hold')
  try {
    return await work()
  } finally {
    await ask('/release')
  }
}

/** What the service of breached passwords holds, and what it was asked. */
export const setRanges = (ranges: Ranges) => ask('/set-ranges', ranges)
export const rangesAsked = async () =>
  (await (await ask('/ranges')).json()) as { url: string; headers: Record<string, string> }[]

/**
 * How many SQL requests `work` costs, as the network counts them, with what follows its answers. What followed those before is
 * none of it.
 */
export async function sqlRequestsOf(work: () => Promise<unknown>): Promise<number> {
  await afterwork()
  const before = await sqlRequests()
  await work()
  await afterwork()
  return (await sqlRequests()) - before
}

async function sqlRequests(): Promise<number> {
  const count = (await (await ask('/count')).json()) as Record<Endpoint, number>
  return count.sql
}
