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

/** Session objects that cannot be reached with these messages; without any, with none at all. */
export function deafTo(...messages: Message[]): Env {
  const lost = (name: PropertyKey) => messages.length === 0 || messages.some((message) => message === name)
  const getByName = (name: string) =>
    exchange(env.USER_SESSIONS.getByName(name), (message) =>
      lost(message) ? () => Promise.reject(new Error('unreachable')) : undefined,
    )
  const namespace = exchange(env.USER_SESSIONS, (name) => (name === 'getByName' ? getByName : undefined))
  return envWith({ USER_SESSIONS: namespace })
}

/** A profile cache in which these operations are done otherwise. */
export const profilesThat = (otherwise: Partial<Record<'get' | 'put' | 'delete', (...given: never[]) => unknown>>) =>
  envWith({
    PROFILES: exchange(env.PROFILES, (name) => Object.entries(otherwise).find(([each]) => each === name)?.[1]),
  })

/** What the rate limit of the platform says when it is spent. */
export const withForgeriesSpent = () => envWith({ FORGED_TOKENS: { limit: async () => ({ success: false }) } })
