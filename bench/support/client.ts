import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'

export type Client = (path: string, body?: object, token?: string) => Promise<{ status: number; text: string }>

/** One client on one connection that stays open. `address` is who it says that it is. */
export function clientAt(port: number, address = '203.0.113.7'): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  return async (path, body, token) => {
    const method = body === undefined ? 'GET' : 'POST'
    const headers = {
      'content-type': 'application/json',
      'cf-connecting-ip': address,
      ...(token && { authorization: `Bearer ${token}` }),
    }
    const sent = request({ agent, host: '127.0.0.1', port, path, method, headers })
    sent.end(body && JSON.stringify(body))
    const [answer] = (await once(sent, 'response')) as [IncomingMessage]
    return { status: answer.statusCode ?? 0, text: await text(answer) }
  }
}
