const LONGEST_MS = 10 * 60_000
/** A revocation must arrive within a minute of its object's return, and a sweep comes every half minute while one waits. */
const LONGEST_FOR_SESSIONS_MS = 20_000

/** Doubles with every try. Jitter spreads the retries of rows that failed together. */
export function backoffMs(sink: string, attempts: number, random: number): number {
  const delay = Math.min(2 ** attempts * 1_000, LONGEST_MS) * (0.5 + random)
  return Math.round(sink === 'sessions' ? Math.min(delay, LONGEST_FOR_SESSIONS_MS) : delay)
}
