import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Fault } from '../../dev/stack/faults.ts'

export type FaultProxy = {
  url: string
  /** Asked for each request; undefined lets it pass. */
  decide: () => Fault | undefined
  /** How often each fault was dealt. */
  readonly dealt: Record<Fault, number>
  close(): Promise<void>
}

/** Stands before a broker and fails as the local stack does. The broker itself never knows. */
export async function faultProxyTo(target: string): Promise<FaultProxy> {
  const dealt: Record<Fault, number> = { refuse: 0, hang: 0, error: 0, lose: 0 }
  const server = createServer((incoming, outgoing) => {
    const fault = proxy.decide()
    if (fault) dealt[fault] += 1
    if (fault === 'refuse') return void incoming.socket.destroy()
    if (fault === 'hang') return
    if (fault === 'error') return void outgoing.writeHead(500).end('The proxy was told to fail.')
    // A broker that is down is to look so: nothing of it is answered in its place.
    passOn(target, incoming, fault === 'lose' ? null : outgoing).then(
      () => fault === 'lose' && incoming.socket.destroy(),
      () => incoming.socket.destroy(),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const proxy: FaultProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    decide: () => undefined,
    dealt,
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
  return proxy
}

const PASSED_ON = ['authorization', 'content-type', 'accept']

async function passOn(target: string, incoming: IncomingMessage, outgoing: ServerResponse | null): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk)
  const headers = Object.fromEntries(
    PASSED_ON.flatMap((name) => {
      const value = incoming.headers[name]
      return typeof value === 'string' ? [[name, value]] : []
    }),
  )
  const { method = 'GET', url = '/' } = incoming
  const answer = await fetch(target + url, { method, headers, body: Buffer.concat(chunks) })
  const body = Buffer.from(await answer.arrayBuffer())
  const type = answer.headers.get('content-type') ?? 'application/octet-stream'
  outgoing?.writeHead(answer.status, { 'content-type': type }).end(body)
}
