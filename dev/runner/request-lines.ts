import type { LogEntry } from './log-entry.ts'

export type RequestLine = { method: string; path: string; status: number; ms: number }

/** `[wrangler:info] GET /health/live 200 OK (7ms)`: the only line that names the path as it was typed. */
export function requestIn(line: string): RequestLine | undefined {
  const [, method = '', path = '', status, ms] =
    /^\[wrangler:info\] ([A-Z]+) (\S+) (\d{3}) .*\((\d+)ms\)/.exec(line) ?? []
  return status === undefined ? undefined : { method, path, status: Number(status), ms: Number(ms) }
}

/** wrangler's line of a request follows the Worker's own within this time, or there is none. */
const BELONGS_MS = 2_000

/** The codes of errors stand in the Worker's own lines, which come just before wrangler's. */
export function openCodes(now: () => Date) {
  let waiting: { fields: LogEntry['fields']; since: number }[] = []
  return {
    add: ({ fields }: LogEntry) => void waiting.push({ fields, since: now().getTime() }),
    take(line: RequestLine): string | undefined {
      waiting = waiting.filter(({ since }) => now().getTime() - since < BELONGS_MS)
      const found = waiting.findIndex(({ fields }) => isOf(line, fields))
      const [taken] = found < 0 ? [] : waiting.splice(found, 1)
      return taken?.fields.code as string | undefined
    },
  }
}

function isOf({ method, path, status }: RequestLine, fields: LogEntry['fields']): boolean {
  if (fields.method !== method || fields.status !== status) return false
  return typeof fields.route !== 'string' || leadsTo(fields.route.split('/'), path.split('/'))
}

/** A part of a route in braces stands for any part of a path. */
function leadsTo(route: string[], path: string[]): boolean {
  return route.length === path.length && route.every((part, index) => /^[:{]/.test(part) || part === path[index])
}
