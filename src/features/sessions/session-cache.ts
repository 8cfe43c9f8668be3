import type { Looked } from './state/messages.ts'

/**
 * What session objects answered lately, for this isolate. The end of a session stays true for ever. That a session lives is good for
 * `maxAgeMs` after the answer and is never extended.
 */
export type SessionCache = {
  get: (sid: string, now: number, maxAgeMs: number) => Looked | null
  set: (sid: string, looked: Looked, now: number) => void
}

const MOST = 10_000

export function createSessionCache(): SessionCache {
  const entries = new Map<string, { looked: Looked; at: number }>()
  return {
    get: (sid, now, maxAgeMs) => {
      const entry = entries.get(sid)
      if (!entry) return null
      if (!entry.looked.ok) return entry.looked
      const age = now - entry.at
      return age >= 0 && age < maxAgeMs ? entry.looked : null
    },
    set: (sid, looked, now) => {
      // Two answers may overtake each other. An ended session stays ended.
      if (entries.get(sid)?.looked.ok === false) return
      entries.delete(sid)
      entries.set(sid, { looked, at: now })
      const [oldest] = entries.keys()
      if (entries.size > MOST && oldest !== undefined) entries.delete(oldest)
    },
  }
}

declare module '../../kernel/deps.ts' {
  interface Deps {
    sessionCache: SessionCache
  }
}
