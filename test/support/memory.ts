import { existsSync, statfsSync } from 'node:fs'

const FOLDER = '/dev/shm'
const ENOUGH = 1 << 30

/** A folder in memory, where this machine has one with room: the storage of objects is written to its disk at each step. */
export function memoryFolder(): string | undefined {
  if (!existsSync(FOLDER)) return undefined
  const { bavail, bsize } = statfsSync(FOLDER)
  return bavail * bsize >= ENOUGH ? FOLDER : undefined
}
