import type { Endpoint, Fault } from '../../dev/stack/faults.ts'

const ask = (path: string, body?: unknown) =>
  fetch(`http://switchboard.test${path}`, { method: 'POST', body: JSON.stringify(body ?? {}) })

export const healEverything = () => ask('/heal')
export const breakEndpoint = (endpoint: Endpoint, fault: Fault) => ask('/fault', { endpoint, fault })

/** How many SQL requests `work` costs, as the network counts them. */
export async function sqlRequestsOf(work: () => Promise<unknown>): Promise<number> {
  const before = await sqlRequests()
  await work()
  return (await sqlRequests()) - before
}

async function sqlRequests(): Promise<number> {
  const count = (await (await ask('/count')).json()) as Record<Endpoint, number>
  return count.sql
}
