import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Fault } from '../../dev/stack/faults.ts'

/** Small servers that speak a broker's protocol, and fail as brokers do. The real ones are asked elsewhere. */

export type Received = { method: string; path: string; headers: Record<string, string>; body: string }
export type Reply = { status: number; json?: unknown; headers?: Record<string, string> }
export type Fake = {
  url: string
  /** What was accepted, whether or not the caller learned of it. */
  accepted: Received[]
  /** How often it was asked, the failures included. */
  asked: () => number
  fail: (fault: Fault | 'redirect' | undefined) => void
  close: () => Promise<void>
}

/** Anything but 2xx from `answer` is not accepted. */
export async function startFake(answer: (request: Received) => Reply): Promise<Fake> {
  const accepted: Received[] = []
  let asked = 0
  let fault: Fault | 'redirect' | undefined
  const respond = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    asked += 1
    if (fault === 'refuse') return void incoming.socket.destroy()
    if (fault === 'hang') return
    if (fault === 'error') return void outgoing.writeHead(500).end('<h1>canary: what a broker quotes</h1>')
    if (fault === 'redirect') {
      const location = `http://${incoming.headers.host}/elsewhere`
      return void outgoing.writeHead(307, { location }).end()
    }
    const request = {
      method: incoming.method ?? '',
      path: incoming.url ?? '',
      headers: Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)])),
      body: await text(incoming),
    }
    const { status, json, headers = {} } = answer(request)
    if (status < 300) accepted.push(request)
    if (fault === 'lose') return void incoming.socket.destroy()
    outgoing.writeHead(status, { 'content-type': 'application/json', ...headers })
    outgoing.end(json === undefined ? undefined : JSON.stringify(json))
  }
  const server = createServer((incoming, outgoing) => void respond(incoming, outgoing))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    accepted,
    asked: () => asked,
    fail: (next) => {
      fault = next
    },
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

const BASIC = `Basic ${Buffer.from('postern:s3cret: with a colon').toString('base64')}`
export const CREDENTIALS = { username: 'postern', password: 's3cret: with a colon' }

const parse = (body: string) => JSON.parse(body) as Record<string, unknown>

/** Upstash Kafka's `/produce`. */
export function asUpstash({ path, headers, body }: Received): Reply {
  if (path !== '/produce') return { status: 404, json: { result: 'error', error: 'Not found', status: 404 } }
  if (headers.authorization !== BASIC)
    return { status: 401, json: { result: 'error', error: 'canary Unauthorized', status: 401 } }
  const messages = JSON.parse(body) as { topic: string }[]
  return { status: 200, json: messages.map(({ topic }, offset) => ({ topic, partition: 0, offset, timestamp: 1 })) }
}

/** The REST Proxy API v2; `refuses` are the records that get an error in the place of a place. */
export const asRestProxy =
  (refuses: readonly number[] = []) =>
  ({ path, headers, body }: Received): Reply => {
    if (headers.authorization !== BASIC) return { status: 401, json: { error_code: 401, message: 'canary' } }
    if (headers['content-type'] !== 'application/vnd.kafka.json.v2+json')
      return { status: 415, json: { error_code: 415, message: 'HTTP 415 Unsupported Media Type' } }
    if (!/^\/topics\/[A-Za-z0-9._-]+$/.test(path)) return { status: 404, json: { error_code: 40401 } }
    const { records = [], ...more } = parse(body) as { records?: Record<string, unknown>[] }
    const unknown = [...Object.keys(more), ...records.flatMap(Object.keys)].filter(
      (name) => !/^(key|value)$/.test(name),
    )
    if (unknown.length > 0) return { status: 422, json: { error_code: 422, message: 'Unrecognized field' } }
    const offsets = records.map((_, offset) =>
      refuses.includes(offset)
        ? { partition: null, offset: null, error_code: 50002, error: 'canary: the record itself' }
        : { partition: 0, offset, error_code: null, error: null },
    )
    const json = { offsets, key_schema_id: null, value_schema_id: null }
    return { status: 200, json, headers: { 'content-type': 'application/vnd.kafka.v2+json' } }
  }

/** RabbitMQ's management API; a queue is bound for every routing key but those in `unbound`. */
export const asRabbitMq =
  ({ vhost = '/', exchange = 'amq.topic', unbound = [] as string[] } = {}) =>
  ({ path, headers, body }: Received): Reply => {
    if (headers.authorization !== BASIC) return { status: 401, json: { error: 'not_authorised', reason: 'canary' } }
    if (path !== `/api/exchanges/${encodeURIComponent(vhost)}/${encodeURIComponent(exchange)}/publish`)
      return { status: 404, json: { error: 'Object Not Found', reason: 'Not Found' } }
    const message = parse(body)
    const missing = ['properties', 'routing_key', 'payload', 'payload_encoding'].filter((name) => !(name in message))
    if (missing.length > 0 || typeof message.payload !== 'string')
      return { status: 400, json: { error: 'bad_request', reason: 'key_missing' } }
    return { status: 200, json: { routed: !unbound.includes(String(message.routing_key)) } }
  }
