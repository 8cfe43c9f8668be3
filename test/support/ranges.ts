import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'

/** What the service of breached passwords holds, and how it fails. */
export type Ranges = { breached?: string[]; padding?: string[]; status?: number; hang?: boolean }

const hashOf = (password: string) => createHash('sha1').update(password).digest('hex').toUpperCase()

/** Stands in for the service that knows breached passwords. */
export function openRanges() {
  let holds: Ranges = {}
  let asked: { url: string; headers: IncomingMessage['headers'] }[] = []
  return {
    asked: () => asked,
    set(given: Ranges) {
      holds = given
      asked = []
    },
    answer({ url = '', headers }: IncomingMessage, outgoing: ServerResponse) {
      asked.push({ url: `https://${headers.host}${url}`, headers })
      const { breached = [], padding = [], status = 200, hang = false } = holds
      if (hang) return
      const prefix = url.replace('/range/', '')
      const lines = (passwords: string[], seen: number) =>
        passwords
          .map(hashOf)
          .filter((hash) => hash.startsWith(prefix))
          .map((hash) => `${hash.slice(5)}:${seen}`)
      outgoing.writeHead(status).end([...lines(breached, 3), ...lines(padding, 0)].join('\r\n'))
    },
  }
}
