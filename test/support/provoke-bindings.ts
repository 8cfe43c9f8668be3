import { env } from 'cloudflare:workers'
import type { SessionObject } from '../../src/sessions/state/messages.ts'

/** The Worker's environment with some of it exchanged: settings, or bindings that fail on purpose. */
export const envWith = (exchanged: Partial<Env> & Record<string, unknown>): Env => ({ ...env, ...exchanged })

const exchange = <Whole extends object>(whole: Whole, part: (name: PropertyKey) => unknown): Whole =>
  new Proxy(whole, {
    get: (target, name) => {
      const value = part(name) ?? Reflect.get(target, name)
      return typeof value === 'function' ? (...given: unknown[]) => Reflect.apply(value, target, given) : value
    },
  })

type Message = keyof SessionObject
type Stub = ReturnType<Env['USER_SESSIONS']['getByName']>

function sessionsWhere(otherwise: (message: PropertyKey, stub: Stub) => unknown): Env['USER_SESSIONS'] {
  const getByName = (name: string) => {
    const stub = env.USER_SESSIONS.getByName(name)
    return exchange(stub, (message) => otherwise(message, stub))
  }
  return exchange(env.USER_SESSIONS, (name) => (name === 'getByName' ? getByName : undefined))
}

/** Session objects that cannot be reached with these messages; without any, with none at all. */
export function deafTo(...messages: Message[]): Env {
  const unreachable = () => Promise.reject(new Error('unreachable'))
  const lost = (name: PropertyKey) => messages.length === 0 || messages.some((message) => message === name)
  return envWith({ USER_SESSIONS: sessionsWhere((message) => (lost(message) ? unreachable : undefined)) })
}

/** Session objects that this message takes a while to reach, as on the other side of the world. */
export function slowTo(slow: Message, bindings: Env): Env {
  const later = (stub: Stub) => async (message: never) => {
    await scheduler.wait(50)
    return Reflect.apply(stub[slow], stub, [message])
  }
  return { ...bindings, USER_SESSIONS: sessionsWhere((name, stub) => (name === slow ? later(stub) : undefined)) }
}

/** A profile cache in which these operations are done otherwise. */
export const profilesThat = (otherwise: Partial<Record<'get' | 'put' | 'delete', (...given: never[]) => unknown>>) =>
  envWith({
    PROFILES: exchange(env.PROFILES, (name) => Object.entries(otherwise).find(([each]) => each === name)?.[1]),
  })

/** What the rate limit of the platform says when it is spent. */
export const withForgeriesSpent = () => envWith({ FORGED_TOKENS: { limit: async () => ({ success: false }) } })
