import { vi } from 'vitest'

/** Moves the clock of the Worker and of its objects on; the first call stops it. */
export function pass({ days = 0, minutes = 0, seconds = 0 }: { days?: number; minutes?: number; seconds?: number }) {
  const now = Date.now() + ((days * 24 * 60 + minutes) * 60 + seconds) * 1000
  if (vi.isFakeTimers()) vi.setSystemTime(now)
  else vi.useFakeTimers({ toFake: ['Date'], now })
}
