import { vi } from 'vitest'

/** Moves the clock of the Worker and of its objects on; the first call stops it. */
export function pass({ days = 0, minutes = 0, seconds = 0 }: { days?: number; minutes?: number; seconds?: number }) {
  const now = Date.now() + ((days * 24 * 60 + minutes) * 60 + seconds) * 1000
  if (vi.isFakeTimers()) vi.setSystemTime(now)
  else vi.useFakeTimers({ toFake: ['Date'], now })
}

/** Where clocks of outboxes and objects begin. */
export const START = Date.parse('2027-01-15T08:00:00Z')

/** Moves a clock on that has been stopped. */
export const later = (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds)
