import { stripVTControlCharacters } from 'node:util'
import { type LogEntry, logEntryIn, sentenceOf } from './log-entry.ts'
import { openCodes, type RequestLine, requestIn } from './request-lines.ts'
import { isNoise, isReloaded } from './wrangler-noise.ts'

export type OutputOptions = {
  /** The path that the runner asks until it answers 200. */
  probe: string | undefined
  colours: boolean
  print(line: string): void
  /** Gets every line of the Worker's own log, as it is. */
  keep(json: string): void
  now(): Date
}

/** RESET_URL leads to a page of somebody's application; here there is none. */
const NOT_SHOWN = ['reset_url_unset']

/** Makes of what wrangler prints what a developer wants to read: a short line a request, and all that goes wrong. */
export function workerOutput({ probe, colours, print, keep, now }: OutputOptions): (line: string) => void {
  const codes = openCodes(now)
  const isOwnCall = ownCalls(probe)
  const say = (words: string) => print(`${now().toLocaleTimeString('en-GB')} ${words}`)
  let blank: 'none' | 'possible' | 'due' = 'none'

  const entry = (found: LogEntry) => {
    keep(found.json)
    const { method, code } = found.fields
    if (typeof method === 'string') codes.add(found)
    if (found.level === 'info' ? typeof method === 'string' : NOT_SHOWN.includes(String(code))) return
    say(sentenceOf(found))
  }
  const request = (line: RequestLine) => {
    const code = codes.take(line)
    const { method, path, status, ms } = line
    if (!isOwnCall(line)) say([method, path, status, ms, 'ms', code].filter((word) => word !== undefined).join(' '))
  }
  const anything = (line: string) => {
    if (blank === 'due') print('')
    print(line)
    blank = 'possible'
  }

  return (line) => {
    const plain = stripVTControlCharacters(line)
    if (plain.trim() === '') {
      if (blank === 'possible') blank = 'due'
      return
    }
    if (isNoise(plain)) return
    const [asked, found] = [requestIn(plain), logEntryIn(plain)]
    if (asked === undefined && found === undefined && !isReloaded(plain)) return anything(colours ? line : plain)
    blank = 'none'
    if (asked) request(asked)
    else if (found) entry(found)
    else say('reloaded')
  }
}

/** What the runner itself asks: whether the service is ready, until it is, and its cron. A failure is shown once. */
function ownCalls(probe: string | undefined): (line: RequestLine) => boolean {
  let probing = probe !== undefined
  let shown: number | undefined
  return ({ path, status }) => {
    if (path.startsWith('/cdn-cgi/')) return status < 400
    if (!probing || path !== probe) return false
    probing = status !== 200
    const isNew = probing && shown !== status
    shown = status
    return !isNew
  }
}
