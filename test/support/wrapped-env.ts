import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { vi } from 'vitest'
import type { SETTINGS } from '../../src/compose/features.ts'
import worker from '../../src/index.ts'
import { afterwork } from './after-work.ts'
import { ORIGIN } from './api.ts'
import { evict, type Stub } from './objects.ts'
import { type Cue, pause } from './pausing.ts'

export type Settings = Partial<Record<keyof typeof SETTINGS, string>>

const realFetch = globalThis.fetch

type See = (label: string, go: () => Promise<unknown>) => Promise<unknown>

/**
 * The Worker's bindings with somebody watching: every call is written down by class and method, and does what it is told to.
 * A guard's call says which kind of guard it was, as in `LoginGuard.reserve network`.
 */
export function wrapped(settings: Settings = {}) {
  const calls: string[] = []
  const objects = new Map<string, () => Promise<unknown>>()
  const cues = new Map<string, Cue>()
  const see: See = (label, go) => {
    calls.push(label)
    const cue = [...cues].find(([begin]) => label.startsWith(begin))?.[1]
    return cue ? cue(go) : go()
  }
  const guard = (name: string) => {
    const stub = env.LOGIN_GUARD.getByName(name)
    objects.set(name, () => evicted(stub, () => stub.ping()))
    return watched(stub, (method, go) => see(`LoginGuard.${method} ${name.split(':')[0]}`, go))
  }
  const sessions = (name: string) => {
    const stub = env.USER_SESSIONS.getByName(name)
    objects.set(name, () => evicted(stub, () => stub.outboxPeek(1)))
    return watched(stub, (method, go) => see(`UserSessions.${method}`, go))
  }
  const bindings: Env = {
    ...env,
    ...settings,
    LOGIN_GUARD: withByName(env.LOGIN_GUARD, guard),
    USER_SESSIONS: withByName(env.USER_SESSIONS, sessions),
    WAKE: withByName(env.WAKE, (name) => watched(env.WAKE.getByName(name), (method, go) => see(`Wake.${method}`, go))),
    PROFILES: watched(env.PROFILES, (method, go) => see(`Profiles.${method}`, go)),
    FORGED_TOKENS: watched(env.FORGED_TOKENS, (method, go) => see(`ForgedTokens.${method}`, go)),
  }
  return {
    env: bindings,
    calls,
    /** Every object that was spoken to loses its memory, once nobody speaks to it any more. */
    async evictAll() {
      await afterwork()
      await Promise.all([...objects.values()].map((evict) => evict()))
    },
    /** From now on, for every call whose label begins so. */
    on: (begin: string, cue: Cue) => void cues.set(begin, cue),
    off: (begin: string) => void cues.delete(begin),
    /** Every such call waits until it is told to go on; `reached` is when the first one came by. */
    hold(begin: string) {
      const { cue, ...held } = pause()
      cues.set(begin, cue)
      return held
    },
    /** What `work` calls, with what follows its answers; nothing of what followed those before. */
    async callsOf(work: () => Promise<unknown>): Promise<string[]> {
      await afterwork()
      const before = calls.length
      await work()
      await afterwork()
      return calls.slice(before)
    },
    /** SQL requests are written down too, as `SQL`, until the end of the test. */
    watchSql() {
      vi.spyOn(globalThis, 'fetch').mockImplementation((input, init) => {
        const url = input instanceof Request ? input.url : String(input)
        if (url !== env.DATABASE_HTTP_URL) return realFetch(input, init)
        return see('SQL', () => realFetch(input, init)) as Promise<Response>
      })
    },
  }
}

export type Wrapped = ReturnType<typeof wrapped>

/** For a test that asks for the afterwork of this one request, while others are still under way: `finished` waits for it. */
export async function answerOf(path: string, init: RequestInit, bindings: Env) {
  const context = createExecutionContext()
  const response = await worker.fetch(new Request(ORIGIN + path, init), bindings, context)
  return { response, finished: () => waitOnExecutionContext(context) }
}

function watched<T extends object>(real: T, see: See): T {
  return new Proxy(real, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target)
      if (typeof value !== 'function' || typeof property !== 'string') return value
      return (...args: unknown[]) => see(property, async () => Reflect.apply(value, target, args))
    },
  })
}

function withByName<T extends object>(real: T, getByName: (name: string) => unknown): T {
  return new Proxy(real, {
    get(target, property) {
      if (property === 'getByName') return getByName
      const value: unknown = Reflect.get(target, property, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

/** An object that is not running has nothing to lose. It is woken again, since `reset()` passes over those asleep. */
async function evicted(stub: Stub, wake: () => Promise<unknown>): Promise<void> {
  await evict(stub)
  await wake()
}
