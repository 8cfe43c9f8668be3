import type { Looked } from './state/messages.ts'

/**
 * What the session objects answered lately, as this isolate heard it. That a session has ended stays true for ever; that it
 * lives counts from the moment of the answer and is never extended.
 */
export type Sightings = {
  recall: (sid: string, now: number, maxAgeMs: number) => Looked | null
  note: (sid: string, looked: Looked, now: number) => void
}

const MOST = 10_000

export function rememberSightings(): Sightings {
  const seen = new Map<string, { looked: Looked; at: number }>()
  return {
    recall: (sid, now, maxAgeMs) => {
      const sighting = seen.get(sid)
      if (!sighting) return null
      if (!sighting.looked.ok) return sighting.looked
      const age = now - sighting.at
      return age >= 0 && age < maxAgeMs ? sighting.looked : null
    },
    note: (sid, looked, now) => {
      // Of two answers that cross on their way, the older one may arrive last.
      if (seen.get(sid)?.looked.ok === false) return
      seen.delete(sid)
      seen.set(sid, { looked, at: now })
      const [oldest] = seen.keys()
      if (seen.size > MOST && oldest !== undefined) seen.delete(oldest)
    },
  }
}

declare module '../../kernel/deps.ts' {
  interface Deps {
    sightings: Sightings
  }
}
