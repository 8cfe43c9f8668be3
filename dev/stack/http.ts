import type { IncomingMessage } from 'node:http'

export type Request = {
  method: string
  path: string
  query: URLSearchParams
  header(name: string): string | undefined
  /** The parsed body of a POST; undefined for other methods. */
  json: unknown
}

export type Reply = { status: number; headers: Record<string, string>; body: string }

export type Handler = (request: Request) => Promise<Reply> | Reply

export function answerJson(status: number, value: unknown, headers: Record<string, string> = {}): Reply {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(value) }
}

export function answerText(status: number, sentence: string): Reply {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: `${sentence}\n` }
}

const largestBody = 16 * 1024 * 1024

/** Undefined where the body is larger than anything that the Worker sends. */
export async function readBody(incoming: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > largestBody) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
