import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Engine } from './engine.ts'
import { type EventLog, openEventLog } from './events.ts'
import { type Endpoint, type FaultSource, type Faults, noFaults } from './faults.ts'
import { gate } from './gate.ts'
import { answerText, type Handler, type Reply, type Request, readBody } from './http.ts'
import { type Inbox, openInbox } from './inbox.ts'
import { pageRoutes } from './page.ts'
import { sqlEndpoint } from './sql.ts'

export type StackOptions = {
  /** 0, the default, takes a free one. */
  port?: number
  /** The caller's own: closing the stack leaves it open. */
  engine: Engine
  /** What the password of the connection string must be. */
  password: string
}

export type Stack = {
  url: string
  port: number
  engine: Engine
  inbox: Inbox
  events: EventLog
  faults: Faults
  /** Answers a request that another server of this process has taken; `hangUp` ends its connection without an answer. */
  answer(incoming: IncomingMessage, outgoing: ServerResponse, hangUp: () => void): void
  close(): Promise<void>
}

type Route = { handle: Handler; endpoint?: Endpoint }
type Routes = Record<string, Route>

/** The local stand-ins for Neon, Resend and Upstash, on one port of this machine alone. */
export async function startStack({ port = 0, engine, password }: StackOptions): Promise<Stack> {
  const inbox = openInbox()
  const events = openEventLog()
  const faults = noFaults()
  const routes: Routes = {
    'POST /sql': { handle: sqlEndpoint(engine, password), endpoint: 'sql' },
    'POST /emails': { handle: inbox.receive, endpoint: 'emails' },
    'POST /emails/batch': { handle: inbox.receiveBatch, endpoint: 'emails' },
    'POST /produce': { handle: events.produce, endpoint: 'produce' },
    'GET /mail.json': { handle: inbox.list },
    'GET /events.json': { handle: events.list },
    ...pageRoutes(inbox, events),
  }
  const answer: Stack['answer'] = (incoming, outgoing, hangUp) => {
    respond(incoming, outgoing, hangUp, boundPort(server), routes, faults).catch((error: Error) => {
      if (!outgoing.headersSent) send(outgoing, answerText(500, `The local stack failed: ${error.message}`))
      outgoing.destroy()
    })
  }
  const server = createServer((incoming, outgoing) => answer(incoming, outgoing, () => incoming.socket.destroy()))
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const bound = boundPort(server)
  const url = `http://127.0.0.1:${bound}`
  return { url, port: bound, engine, inbox, events, faults, answer, close: () => close(server) }
}

async function respond(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  hangUp: () => void,
  port: number,
  routes: Routes,
  faults: FaultSource,
): Promise<void> {
  const url = new URL(incoming.url ?? '/', 'http://stack')
  const asked: Omit<Request, 'json'> = {
    method: incoming.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    header: (name) => incoming.headersDistinct[name]?.join(', '),
  }
  const refused = gate(asked, port)
  if (refused !== undefined) return send(outgoing, refused)
  const route =
    routes[`${asked.method} ${asked.path}`] ?? routes[`${asked.method} ${asked.path.replace(/[^/]+$/, '*')}`]
  if (route === undefined) return send(outgoing, answerText(404, 'The local stack has nothing here.'))

  const fault = route.endpoint && faults.next(route.endpoint)
  if (fault === 'refuse') return hangUp()
  if (fault === 'hang') return
  if (fault === 'error') return send(outgoing, answerText(500, 'The local stack was told to fail.'))

  const body = asked.method === 'POST' ? await readBody(incoming) : ''
  if (body === undefined) return send(outgoing, answerText(413, 'The body is too large.'))
  const json = body === '' ? undefined : parse(body)
  if (json === unreadable) return send(outgoing, answerText(400, 'The body is not JSON.'))
  const reply = await route.handle({ ...asked, json })
  if (fault === 'lose') return hangUp()
  send(outgoing, reply)
}

const unreadable = Symbol('unreadable')

function parse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return unreadable
  }
}

function send(outgoing: ServerResponse, { status, headers, body }: Reply): void {
  outgoing.writeHead(status, { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', ...headers })
  outgoing.end(body)
}

function boundPort(server: Server): number {
  return (server.address() as AddressInfo).port
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  server.closeAllConnections()
  await closed
}
