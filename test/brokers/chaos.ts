import { setTimeout } from 'node:timers/promises'
import type { Fault } from '../../dev/stack/faults.ts'
import type { Service } from './service.ts'

/** Numbers from 0 to 1 that a seed repeats (mulberry32). */
export function diceFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export type Shares = Record<Fault, number>

/** A quarter of all calls fails somehow. Few hang, since each of those holds up its sink for seconds. */
export const BAD: Shares = { refuse: 0.08, error: 0.08, lose: 0.08, hang: 0.01 }
/** The database is asked several times for each person, so a little is much. */
export const SHAKY: Shares = { refuse: 0.01, error: 0.01, lose: 0.01, hang: 0.001 }

/** The work is done, and whoever asked for it does not know. */
export const FORGETFUL: Shares = { refuse: 0, error: 0, lose: 0.5, hang: 0 }

export const failing = (dice: () => number, shares: Shares) => (): Fault | undefined => {
  let left = dice()
  for (const fault of Object.keys(shares) as Fault[]) {
    left -= shares[fault]
    if (left < 0) return fault
  }
  return undefined
}

export type Mortal = {
  /** To be called as work goes on: now and then it kills the Worker and starts it again. */
  progressed(): void
  killNow(): Promise<void>
  /** Resolves when the Worker lives again. */
  alive(): Promise<void>
  readonly kills: number
}

/** `times` kills, each at a point that the dice choose among `steps`. */
export function mortal(
  service: Service,
  dice: () => number,
  { times, steps }: { times: number; steps: number },
): Mortal {
  const points = Array.from({ length: times }, () => Math.ceil(dice() * steps))
  let done = 0
  let kills = 0
  let rising: Promise<void> = Promise.resolve()
  const killNow = () => {
    rising = rising.then(async () => {
      await service.kill()
      kills += 1
      await service.start()
    })
    return rising
  }
  return {
    progressed() {
      done += 1
      for (const point of points) if (point === done) void killNow()
    },
    killNow,
    alive: () => rising,
    get kills() {
      return kills
    },
  }
}

/** Does it again and again, one after the other, until told to stop. */
export function beating(everyMs: number, beat: () => Promise<void>): () => Promise<void> {
  const stopping = new AbortController()
  const life = (async () => {
    while (!stopping.signal.aborted) {
      await beat()
      await setTimeout(everyMs, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
  })()
  return () => {
    stopping.abort()
    return life
  }
}
