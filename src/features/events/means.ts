/** The platform lets one invocation have six connections open. */
const CONNECTIONS = 6

type Work<T> = () => Promise<T>

/** What all sinks share that work in one invocation. */
export type Means = {
  /** Waits for a free connection. `extra`: this sink has one already, so it leaves the last ones to others. */
  connected: <T>(work: Work<T>, extra?: boolean) => Promise<T>
  /** Waits until another call to this service is within its limit. */
  turn: (service: string, perSecond: number) => Promise<void>
}

/** `spare`: how many connections no sink gets as its second one, so that one that hangs holds up no other. */
export function means({ spare = 0 }: { spare?: number } = {}): Means {
  let open = 0
  const waiting: { most: number; start: () => void }[] = []
  const turns = new Map<string, number[]>()
  const startNext = () => {
    const at = waiting.findIndex(({ most }) => open < most)
    if (at < 0) return
    open += 1
    waiting.splice(at, 1)[0]?.start()
  }
  return {
    async connected(work, extra = false) {
      const { promise: free, resolve: start } = Promise.withResolvers<void>()
      waiting.push({ most: extra ? CONNECTIONS - spare : CONNECTIONS, start })
      startNext()
      await free
      try {
        return await work()
      } finally {
        open -= 1
        startNext()
      }
    },
    async turn(service, perSecond) {
      const now = performance.now()
      const taken = turns.get(service) ?? []
      const at = Math.max(now, (taken.at(-perSecond) ?? Number.NEGATIVE_INFINITY) + 1_000)
      turns.set(service, [...taken, at].slice(-perSecond))
      if (at > now) await passed(at - now)
    },
  }
}

function passed(ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  setTimeout(resolve, ms)
  return promise
}
