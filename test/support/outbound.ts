import { type Request, Response, fetch as send } from 'miniflare'
import type { Endpoint, Fault } from '../../dev/stack/faults.ts'
import { emptyTables } from './empty-tables.ts'
import { askedRanges, ranges, setRanges } from './ranges.ts'
import { keptStack } from './stack-in-process.ts'

/** The local stack again, but every answer waits until somebody says so. */
const HELD = 'http://held.test'
let release = () => {}
let released = Promise.resolve()

async function held(stackUrl: string, request: Request) {
  const { pathname, search } = new URL(request.url)
  await released
  return send(stackUrl + pathname + search, request)
}

function hold() {
  release()
  const { promise, resolve } = Promise.withResolvers<void>()
  released = promise
  release = resolve
}

/** The network as tests see it: the local stack, a switchboard for its faults, and nothing else. */
export const outbound = (stackUrl: string) => async (request: Request) => {
  const url = new URL(request.url)
  if (url.origin === 'http://switchboard.test') return switchboard(url, request)
  if (url.origin === HELD) return held(stackUrl, request)
  if (url.origin === stackUrl) return send(request)
  if (url.host === 'api.pwnedpasswords.com') return ranges(request)
  return new Response(`closed to ${url.host}`, { status: 599 })
}

async function switchboard({ pathname }: URL, request: Request) {
  const { engine, faults, inbox, events } = keptStack()
  if (pathname === '/count') return Response.json(faults.count)
  if (pathname === '/hold') hold()
  if (pathname === '/release') release()
  if (pathname === '/ranges') return Response.json(askedRanges())
  if (pathname === '/set-ranges') setRanges(await request.json())
  if (pathname === '/heal-faults') faults.heal()
  if (pathname === '/heal') {
    release()
    faults.heal()
    inbox.clear()
    setRanges({})
  }
  if (pathname === '/empty') await emptyTables(engine)
  if (pathname === '/fault') {
    const { endpoint, fault } = (await request.json()) as { endpoint: Endpoint; fault: Fault }
    faults.set(endpoint, fault)
  }
  return Response.json({ inbox: typeof inbox, events: typeof events })
}
