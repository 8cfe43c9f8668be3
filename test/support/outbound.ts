import { type Request, Response, fetch as send } from 'miniflare'
import type { Endpoint, Fault } from '../../dev/stack/faults.ts'
import { keptStack } from './stack-in-process.ts'

/** The network as tests see it: the local stack, a switchboard for its faults, and nothing else. */
export const outbound = (stackUrl: string) => async (request: Request) => {
  const url = new URL(request.url)
  if (url.origin === 'http://switchboard.test') return switchboard(url, request)
  if (url.origin === stackUrl) return send(request)
  return new Response(`closed to ${url.host}`, { status: 599 })
}

async function switchboard({ pathname }: URL, request: Request) {
  const { faults, inbox, events } = keptStack()
  if (pathname === '/count') return Response.json(faults.count)
  if (pathname === '/heal') faults.heal()
  if (pathname === '/fault') {
    const { endpoint, fault } = (await request.json()) as { endpoint: Endpoint; fault: Fault }
    faults.set(endpoint, fault)
  }
  return Response.json({ inbox: typeof inbox, events: typeof events })
}
