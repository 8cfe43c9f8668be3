import { once } from 'node:events'
import { Agent, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'

export type Answer = { status: number; text: string; headers: IncomingHttpHeaders }

/** A body is sent as JSON, unless it is a form. */
export type Client = (
  path: string,
  body?: object | URLSearchParams,
  token?: string,
  more?: Record<string, string>,
) => Promise<Answer>

/** One client on one connection that stays open. `address` is who it says that it is. */
export function clientAt(port: number, address = '203.0.113.7'): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const client: Client = async (path, body, token, more) => {
    const method = body === undefined ? 'GET' : 'POST'
    const isForm = body instanceof URLSearchParams
    const headers = {
      'content-type': isForm ? 'application/x-www-form-urlencoded' : 'application/json',
      'cf-connecting-ip': address,
      ...(token && { authorization: `Bearer ${token}` }),
      ...more,
    }
    const sent = request({ agent, host: '127.0.0.1', port, path, method, headers })
    sent.end(isForm ? body.toString() : body && JSON.stringify(body))
    try {
      const [answer] = (await once(sent, 'response')) as [IncomingMessage]
      return { status: answer.statusCode ?? 0, text: await text(answer), headers: answer.headers }
    } catch (error) {
      // workerd has closed a connection that was idle for seconds, just when it was used again: nobody has read this request.
      if (sent.reusedSocket && isReset(error)) return client(path, body, token, more)
      throw error
    }
  }
  return client
}

const isReset = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'ECONNRESET'

/** The body of an answer that has to be `200`, or another status. */
export async function answered<Body>(asked: Promise<Answer>, status = 200): Promise<Body> {
  const answer = await asked
  if (answer.status !== status) throw new Error(`Expected ${status}: ${answer.status} ${answer.text}`)
  return JSON.parse(answer.text || 'null') as Body
}
