import { env } from 'cloudflare:workers'
import { type Asking, type Granted, reserveAttempt } from '../../src/features/guard/attempt.ts'
import type { Guard } from '../../src/features/guard/messages.ts'
import { type Network, parseAddress } from '../../src/features/guard/networks.ts'
import type { GuardDeps } from '../../src/features/guard/reservation.ts'
import { DEFAULT_LIMITS } from './guard-limits.ts'
import { evict as evictObject } from './objects.ts'

export const network = (address: string): Network => {
  const parsed = parseAddress(address)
  if (!parsed) throw new Error(`no address: ${address}`)
  return parsed
}

export type Read = { subject: string }

export const SUBJECT = 'S'
const subjectOf = ({ subject }: Read) => subject

/** Real objects behind a counter of calls; `broken` names the calls that fail, as `reserve identifier`. */
export function guards() {
  const calls: string[] = []
  const broken = new Set<string>()
  const background: Promise<unknown>[] = []
  const reads = { count: 0, fail: false }
  const called = <T>(call: string, work: () => Promise<T>): Promise<T> => {
    calls.push(call)
    return broken.has(call) ? Promise.reject(new Error(`broken: ${call}`)) : work()
  }
  const guard = (name: string): Guard => {
    const kind = name.slice(0, name.indexOf(':'))
    const stub = env.LOGIN_GUARD.getByName(name)
    return {
      reserve: (message) => called(`reserve ${kind}`, async () => await stub.reserve(message)),
      settle: (message) => called(`${message.outcome} ${kind}`, () => stub.settle(message)),
      remember: (message) => called(`remember ${kind}`, () => stub.remember(message)),
    }
  }
  const deps: GuardDeps = {
    guard,
    nameOf: (kind, text) => `${kind}:${text}`,
    limits: DEFAULT_LIMITS,
    later: (work) => void background.push(work),
  }
  const read = async (): Promise<Read> => {
    reads.count++
    if (reads.fail) throw new Error('the database is down')
    return { subject: SUBJECT }
  }
  return {
    deps,
    calls,
    broken,
    reads,
    attempt: (from: string, rest: Partial<Asking<Read>> = {}) =>
      reserveAttempt(deps, { identifier: 'ann', subjectOf, ...rest, from: network(from) }, read),
    settled: async () => void (await Promise.all(background.splice(0))),
  }
}

/** One whole log-in; true when the password was looked at. */
export async function guess(
  g: ReturnType<typeof guards>,
  from: string,
  outcome: 'right' | 'wrong',
  rest: Partial<Asking<Read>> = {},
): Promise<boolean> {
  const way = await g.attempt(from, rest)
  if (way.granted) way.settle(outcome)
  await g.settled()
  return way.granted
}

export const isGranted = <T>(way: { granted: boolean } | Granted<T>): way is Granted<T> => way.granted

export const knownDevice = { subject: 'S', id: 'D', belongs: (read: Read) => read.subject === 'S' }
export const foreignDevice = { subject: 'X', id: 'D', belongs: (read: Read) => read.subject === 'X' }

/** It is woken again, since `reset()` passes over those asleep. */
export async function evict(name: string): Promise<void> {
  const stub = env.LOGIN_GUARD.getByName(name)
  await evictObject(stub)
  await stub.ping()
}
