import type { Network } from './network.ts'

/** Runners of tests beside each other, which take the files in turn. A server is one database, so it has one. */
export const RUNNERS = process.env.TEST_DATABASE_URL ? 1 : 2

// The set-up and the configuration are loaded apart, in one process; this is where they meet.
const KEY = Symbol.for('postern.test.network')
const shared = globalThis as { [KEY]?: () => Promise<Network> }

export const keepNetworks = (open: () => Promise<Network>) => {
  const opened: Promise<Network>[] = []
  let taken = 0
  // Where somebody watches, new runners take over from those that have ended.
  shared[KEY] = () => {
    const place = taken++ % RUNNERS
    opened[place] ??= open()
    return opened[place]
  }
}

/** Each runner has one of its own, with a database behind it. */
export function takeNetwork(): Promise<Network> {
  if (!shared[KEY]) throw new Error('The local stack has not been set up.')
  return shared[KEY]()
}
