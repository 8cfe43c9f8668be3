import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import type { Stack } from '../../dev/stack/server.ts'
import { emptyTables } from './empty-tables.ts'
import { openRanges } from './ranges.ts'

/** The network as tests see it: the local stack, a switchboard for its faults, and nothing else. */
export function openNetwork(stack: Stack) {
  const { engine, faults, inbox } = stack
  const ranges = openRanges()
  let released = Promise.withResolvers<void>()
  released.resolve()
  let emptiedAt = -1

  const hold = () => {
    released.resolve()
    released = Promise.withResolvers()
  }

  const COMMANDS: Record<string, (body: string) => unknown> = {
    '/count': () => faults.count,
    '/hold': hold,
    '/release': () => released.resolve(),
    '/ranges': ranges.asked,
    '/set-ranges': (body) => ranges.set(JSON.parse(body)),
    '/heal-faults': () => faults.heal(),
    '/heal': () => {
      released.resolve()
      faults.heal()
      inbox.clear()
      ranges.set({})
    },
    // Where nobody has asked the database anything, there is nothing to empty.
    '/empty': async () => {
      if (faults.count.sql !== emptiedAt) await emptyTables(engine)
      emptiedAt = faults.count.sql
    },
    '/fault': (body) => {
      const { endpoint, fault } = JSON.parse(body)
      faults.set(endpoint, fault)
    },
  }

  async function command(path: string, incoming: IncomingMessage, outgoing: ServerResponse) {
    const told = await COMMANDS[path]?.(await text(incoming))
    outgoing.end(JSON.stringify(told ?? null))
  }

  /** The local stack again, but every answer waits until somebody says so. */
  async function held(path: string, incoming: IncomingMessage, outgoing: ServerResponse) {
    const { method = 'GET', headers } = incoming
    const body = await text(incoming)
    await released.promise
    const { host: _, ...sent } = headers as Record<string, string>
    const answer = await fetch(stack.url + path, { method, headers: sent, ...(body && { body }) })
    outgoing.writeHead(answer.status).end(await answer.text())
  }

  function answer(incoming: IncomingMessage, outgoing: ServerResponse) {
    const { url = '', headers } = incoming
    // Nobody hangs up on miniflare's own worker in between, which would write pages about it: what it gets is no answer either.
    const failed = () => void outgoing.writeHead(500).end('The connection has ended.')
    if (`http://${headers.host}` === stack.url) stack.answer(incoming, outgoing, failed)
    else if (headers.host === 'switchboard.test') command(url, incoming, outgoing).catch(failed)
    else if (headers.host === 'held.test') held(url, incoming, outgoing).catch(failed)
    else if (headers.host === 'api.pwnedpasswords.com') ranges.answer(incoming, outgoing)
    else outgoing.writeHead(599).end(`closed to ${headers.host}`)
  }
  return { stackUrl: stack.url, answer }
}

export type Network = ReturnType<typeof openNetwork>
