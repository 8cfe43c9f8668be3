import { readFileSync } from 'node:fs'
import { type Identity, identify, isAlive } from './identity.ts'

/**
 * npm passes on no signal, and no signal tells a child of the death of its parent, so the runner polls.
 * npm may have put a shell between, which survives it: then npm is the one to watch.
 */
export function onParentsEnd(end: () => void): () => void {
  const watched = elders()
  const timer = setInterval(() => {
    if (!watched.every(isAlive)) end()
  }, 500)
  timer.unref()
  return () => clearInterval(timer)
}

function elders(): Identity[] {
  const parent = process.ppid
  const pids = process.env.npm_lifecycle_event === undefined ? [parent] : [parent, parentOf(parent)]
  return pids
    .filter((pid) => pid > 1)
    .map(identify)
    .filter(isAlive)
}

function parentOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
  } catch {
    return 0
  }
}
