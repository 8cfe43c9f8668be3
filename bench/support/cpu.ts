import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'

/** Milliseconds that the threads of a process have spent on a processor so far, as Linux counts them (to the nanosecond). */
export function cpuOf(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`)
  const nanoseconds = threads.map(
    (thread) => readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0],
  )
  return nanoseconds.reduce((sum, each) => sum + Number(each), 0) / 1e6
}

const STILL_MS = 20

/**
 * What `work` costs a process that does nothing else, its work after the answer included: it is waited for until the
 * process has not run for a while.
 */
export async function cpuDuring(pid: number, work: () => Promise<unknown>): Promise<number> {
  const before = cpuOf(pid)
  await work()
  for (let last = -1, now = cpuOf(pid); now !== last; now = cpuOf(pid)) {
    last = now
    await setTimeout(STILL_MS)
  }
  return cpuOf(pid) - before
}
