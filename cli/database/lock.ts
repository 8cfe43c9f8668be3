import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { identify, isAlive } from '../../dev/processes/identity.ts'
import { Complaint } from '../complaint.ts'

/**
 * Locks the files of the embedded database or of the Worker: two processes that open them destroy them. The lock of a dead
 * process (SIGKILL, power) is taken over.
 */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  const path = `${directory}.lock`
  const owner = JSON.stringify(identify(process.pid))
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      await writeFile(path, owner, { flag: 'wx' })
      // What the last owner left when it was killed; a single-process engine needs no postmaster's file.
      await rm(join(directory, 'postmaster.pid'), { force: true })
      return () => rm(path, { force: true })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      const holder = await holderOf(path)
      if (holder !== undefined && isAlive(holder))
        throw new Complaint(`The data in ${directory} is in use by process ${holder.pid}.`)
      await rm(path, { force: true })
    }
  }
  throw new Complaint(`The data in ${directory} is being opened by several processes at once.`)
}

async function holderOf(path: string): Promise<{ pid: number; startedAt: string } | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8'))
  } catch {
    return undefined
  }
}
