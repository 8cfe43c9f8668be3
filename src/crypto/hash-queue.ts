import { lastIn, nextIn, type Place, rankIn } from './fair-line.ts'

/** `parties`: the address and the account that the work is for. The signal is that of the caller's request. */
export type ForWhom = { parties?: readonly string[]; signal?: AbortSignal | undefined }

/** Runs one piece of work at a time, for callers who wait in line. */
export type HashQueue = <T>(work: () => Promise<T>, whom?: ForWhom) => Promise<T>

export type HashQueueLimits = {
  /** How many may stand in line behind the one whose turn it is. */
  maxWaiting: number
  maxWaitMs: number
  /** How long others have the thread between two pieces of work. */
  restMs: number
  now: () => number
}

/** The line is too long, or somebody stood in it too long: come again later. */
export class QueueFull extends Error {
  override readonly name = 'QueueFull'
}

/** The caller went away before the work began. Nobody is left to tell. */
export class CallerGone extends Error {
  override readonly name = 'CallerGone'
}

/** Whoever has the turn and does not begin within this time is gone. */
const GRACE_MS = 100

type Turn = { begun: boolean }
type Waiter = Place & {
  turn: Turn
  arrived: number
  call: () => void
  leave: (reason: Error) => void
}

/**
 * Work that never lets go of the thread begins and ends before the runtime looks at the next request, which would then find
 * the line empty: all would be worked off without a bound, and no answer sent before the last. So look first.
 */
const letOthersIn = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/**
 * Hashing holds the isolate's only thread, so a line that moves one by one makes nobody slower, and lets those who would wait
 * too long know at once.
 *
 * The line is shared by requests, and a request that is cancelled runs no more code, not even a `finally`. So nobody works
 * for another: everyone does their own work in their own request, watches the line with their own timers, and passes over
 * those who are gone. Timers do the measuring, since the clock stands still while a request computes.
 *
 * Addresses and accounts are served in turn (`fair-line.ts`): a crowd behind one of them waits for itself and not others for it.
 */
export function hashQueue({ maxWaiting, maxWaitMs, restMs, now }: HashQueueLimits): HashQueue {
  let line: Waiter[] = []
  let held: Turn | undefined

  function passOn() {
    const next = nextIn(line)
    line = line.filter((other) => other !== next)
    held = next?.turn
    next?.call()
  }

  function watchFrom(leave: () => void) {
    const atArrival = held
    let before = held
    const gone = setInterval(() => {
      if (held !== undefined && held === before && !held.begun) passOn()
      before = held
    }, GRACE_MS)
    const tooLong = setTimeout(() => {
      // Work holds the thread, so whoever lets this timer fire and yet has held the turn all the time is gone.
      if (held !== undefined && held === atArrival) passOn()
      leave()
    }, maxWaitMs)
    return () => {
      clearInterval(gone)
      clearTimeout(tooLong)
    }
  }

  /** In a full line, a party with fewer places takes the place that would be served last. */
  function makeRoomFor(rank: number) {
    if (line.length < maxWaiting) return
    const full = new QueueFull(`${line.length} are waiting already.`)
    const last = lastIn(line)
    if (!last || rank >= last.rank) throw full
    last.leave(full)
  }

  async function turnInLine({ parties = [], signal }: ForWhom): Promise<Turn> {
    const arrived = now()
    // Whoever is alive leaves by its own timer.
    line = line.filter((other) => arrived - other.arrived < 2 * maxWaitMs)
    const rank = rankIn(line, parties)
    makeRoomFor(rank)
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const leave = (reason: Error) => {
      line = line.filter((other) => other !== waiter)
      reject(reason)
    }
    const waiter: Waiter = { turn: { begun: false }, arrived, parties, rank, call: resolve, leave }
    const goneAway = () => leave(new CallerGone())
    line.push(waiter)
    signal?.addEventListener('abort', goneAway)
    const stopWatching = watchFrom(() => leave(new QueueFull(`Waited ${maxWaitMs} ms.`)))
    try {
      await promise
      return waiter.turn
    } finally {
      stopWatching()
      signal?.removeEventListener('abort', goneAway)
    }
  }

  function turnAtOnce(): Turn {
    held = { begun: false }
    return held
  }

  return async (work, whom = {}) => {
    const { signal } = whom
    if (signal?.aborted) throw new CallerGone()
    const idle = held === undefined
    const turn = idle ? turnAtOnce() : await turnInLine(whom)
    try {
      await letOthersIn(idle ? 0 : restMs)
      if (signal?.aborted) throw new CallerGone()
      turn.begun = true
      return await work()
    } finally {
      if (held === turn) passOn()
    }
  }
}
