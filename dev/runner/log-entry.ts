/** One line of the Worker's own log: see `src/http/request-log.ts` for those of requests. */
export type LogEntry = {
  /** The line as the Worker wrote it. */
  json: string
  level: 'info' | 'warning' | 'error'
  fields: Record<string, unknown>
}

const LEVELS: Record<string, LogEntry['level']> = { '▲ [WARNING] ': 'warning', '✘ [ERROR] ': 'error' }

/**
 * Undefined where the line is no entry. wrangler puts a mark before those that are warnings or errors, and the name of the Worker, or
 * what it takes for it, where it runs several.
 */
export function logEntryIn(line: string): LogEntry | undefined {
  const [, mark = '', json = ''] =
    /^(?:\[[\w-]+\] )?(▲ \[WARNING\] |✘ \[ERROR\] )?(?:\[[\w-]+\] )?(\{.*\})$/.exec(line) ?? []
  const fields = parse(json)
  if (typeof fields?.at !== 'string') return undefined
  return { json, level: LEVELS[mark] ?? 'info', fields }
}

function parse(json: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}

const OF_REQUESTS = ['at', 'code', 'reason', 'request', 'method', 'route', 'status', 'ms', 'client', 'country']

/** `error object_failed object=UserSessions: Error`, in words for a terminal. */
export function sentenceOf({ level, fields }: LogEntry): string {
  const { code, reason } = fields
  const others = Object.entries(fields).filter(([name]) => !OF_REQUESTS.includes(name))
  const words = [level === 'info' ? '' : level, code, ...others.map(([name, value]) => `${name}=${value}`)]
  const said = words.filter(Boolean).join(' ')
  return reason === undefined ? said : `${said}: ${reason}`
}
