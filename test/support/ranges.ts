import { createHash } from 'node:crypto'
import { type Request, Response } from 'miniflare'

/** Stands in for the service that knows breached passwords: what it holds, how it fails, and what it was asked. */
export type Ranges = { breached?: string[]; padding?: string[]; status?: number; hang?: boolean }

let holds: Ranges = {}
let asked: { url: string; headers: Record<string, string> }[] = []

export const askedRanges = () => asked

export function setRanges(given: unknown) {
  holds = given as Ranges
  asked = []
}

const hashOf = (password: string) => createHash('sha1').update(password).digest('hex').toUpperCase()

export async function ranges(request: Request): Promise<Response> {
  asked.push({ url: request.url, headers: Object.fromEntries(request.headers) })
  const { breached = [], padding = [], status = 200, hang = false } = holds
  if (hang) await new Promise(() => {})
  const prefix = new URL(request.url).pathname.replace('/range/', '')
  const lines = (passwords: string[], seen: number) =>
    passwords
      .map(hashOf)
      .filter((hash) => hash.startsWith(prefix))
      .map((hash) => `${hash.slice(5)}:${seen}`)
  return new Response([...lines(breached, 3), ...lines(padding, 0)].join('\r\n'), { status })
}
