import { Buffer } from 'node:buffer'
import type { Means } from '../means.ts'
import { PATIENCE_MS, type Verdict } from '../types.ts'
import { type Failed, failed } from './verdicts.ts'

export type Credentials = { username: string; password: string }

export const basic = ({ username, password }: Credentials): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`

type Post = { url: string; headers: Record<string, string>; body: string; signal: AbortSignal }

/** One attempt, without redirects: the message is for the address in the settings only. */
export const post = ({ url, headers, body, signal }: Post): Promise<Response> =>
  fetch(url, { method: 'POST', headers, body, signal, redirect: 'manual' })

/** A fixed text, since an error of a broker or of the runtime may quote the message. */
export const answered = (status: number): Failed =>
  failed(status >= 300 && status < 400 ? 'answered with a redirect' : `answered ${status}`)

export function unanswered(error: unknown): Failed {
  if (!(error instanceof Error)) return failed('could not be reached')
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return failed('did not answer in time')
  return failed(error instanceof SyntaxError ? 'answered what is not JSON' : 'could not be reached')
}

/** Less than `PATIENCE_MS`, since a late verdict is lost. */
const ALL_MS = PATIENCE_MS - 2_000

type Pace = {
  eachMs: number
  /** How many at a time. */
  width?: number
  /** Each call takes a connection; calls of objects need none. */
  connected?: Means['connected'] | undefined
}

/** Sends one message for each call, `width` calls at a time, within the time of a sink. */
export async function oneByOne<Item>(
  items: readonly Item[],
  { eachMs, width = 1, connected = (work) => work() }: Pace,
  send: (item: Item, signal: AbortSignal) => Promise<Verdict>,
): Promise<Verdict[]> {
  const over = AbortSignal.timeout(ALL_MS)
  const verdicts = items.map((): Verdict => failed('was not reached in time'))
  const waiting = items.entries()
  const work = async (extra: boolean) => {
    for (const [at, item] of waiting) {
      if (over.aborted) return
      const inItsTime = async () => {
        const signal = AbortSignal.any([over, AbortSignal.timeout(eachMs)])
        return inTime(send(item, signal), signal)
      }
      verdicts[at] = await connected(inItsTime, extra).catch(unanswered)
    }
  }
  await Promise.all(Array.from({ length: width }, (_, at) => work(at > 0)))
  return verdicts
}

/** For work that cannot be aborted. It may still succeed later, like any request whose answer is lost. */
export async function inTime<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const giveUp = () => reject(signal.reason)
  signal.addEventListener('abort', giveUp)
  try {
    if (signal.aborted) giveUp()
    return await Promise.race([work, late])
  } finally {
    signal.removeEventListener('abort', giveUp)
  }
}

/** An address in the settings may end with a slash or not. */
export const under = (base: string, path: string): string => base.replace(/\/+$/, '') + path
