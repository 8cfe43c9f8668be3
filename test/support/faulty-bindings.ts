import type { SessionObject } from '../../src/features/sessions/state/messages.ts'
import { type Cue, throwing } from './pausing.ts'
import { type Settings, wrapped } from './wrapped-env.ts'

type Message = keyof SessionObject

/** The Worker's environment with other settings. */
export const envWith = (settings: Settings): Env => wrapped(settings).env

const envWhere = (cues: Record<string, Cue>): Env => {
  const { env, on } = wrapped()
  for (const [begin, cue] of Object.entries(cues)) on(begin, cue)
  return env
}

/** Session objects that cannot be reached with these messages; without any, with none at all. */
export const deafTo = (...messages: Message[]): Env =>
  envWhere(Object.fromEntries((messages.length ? messages : ['']).map((each) => [`UserSessions.${each}`, throwing])))

/** Session objects that this message takes a while to reach, as on the other side of the world. */
export const slowTo = (message: Message, rest: Record<string, Cue> = {}): Env =>
  envWhere({ ...rest, [`UserSessions.${message}`]: (go) => scheduler.wait(50).then(go) })

/** A profile cache in which these operations are done otherwise. */
export const profilesThat = (otherwise: Partial<Record<'get' | 'put' | 'delete', Cue>>): Env =>
  envWhere(Object.fromEntries(Object.entries(otherwise).map(([operation, cue]) => [`Profiles.${operation}`, cue])))

/** What the rate limit of the platform says when it is spent. */
export const withForgeriesSpent = (): Env => envWhere({ 'ForgedTokens.limit': async () => ({ success: false }) })
