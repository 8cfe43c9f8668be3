import type { OutboxStatus } from '../../src/features/events/outbox-status.ts'

/** One line for each sink that has something to say, and one for each event that was given up. */
export function outboxTold({ sinks, dead }: OutboxStatus): string[] {
  if (sinks.length === 0) return ['Nothing waits, and nothing was given up.']
  const waiting = sinks.map(
    ({ sink, waiting, dead, oldestWaiting }) =>
      `${sink.padEnd(14)}${waiting} waiting${oldestWaiting ? ` since ${oldestWaiting}` : ''}, ${dead} given up`,
  )
  const letters = dead.map(
    ({ eventId, sink, type, userId, attempts, diedAt, reason }) =>
      `  ${eventId}  ${type} of user ${userId} for ${sink}: ${reason ?? 'no reason'} (${attempts} tries, ${diedAt})`,
  )
  return letters.length === 0 ? waiting : [...waiting, 'Given up:', ...letters]
}
