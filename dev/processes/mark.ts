import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { until } from './until.ts'

/** Children inherit it, so it finds what a dead runner started, and nothing that somebody else did. */
export const markName = 'POSTERN_RUN'

export async function endMarked(mark: string): Promise<void> {
  for (const pid of marked(mark)) end(pid)
  await until(() => marked(mark).length === 0, 5_000)
}

function marked(mark: string): number[] {
  if (process.platform === 'win32') return []
  return process.platform === 'linux' ? markedOnLinux(mark) : markedByPs(mark)
}

function markedOnLinux(mark: string): number[] {
  const wanted = `${markName}=${mark}`
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.filter((pid) => environmentOf(pid).includes(wanted)).map(Number)
}

function environmentOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
  } catch {
    // Gone meanwhile, or another user's.
    return []
  }
}

function markedByPs(mark: string): number[] {
  const listing = execFileSync('ps', ['-A', '-E', '-ww', '-o', 'pid=,command='], { encoding: 'utf8' })
  const lines = listing.split('\n').filter((line) => line.includes(`${markName}=${mark}`))
  return lines.map((line) => Number.parseInt(line, 10))
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
