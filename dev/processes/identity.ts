import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** The system reuses process ids. Together with its start time, an id names one process for ever. */
export type Identity = { pid: number; startedAt: string }

export function identify(pid: number): Identity {
  return { pid, startedAt: startOf(pid) ?? 'unknown' }
}

export function isAlive({ pid, startedAt }: Identity): boolean {
  const start = startOf(pid)
  return start !== undefined && start === startedAt
}

function startOf(pid: number): string | undefined {
  if (process.platform === 'linux') return startOnLinux(pid)
  if (process.platform === 'win32') return runs(pid) ? 'unknown' : undefined
  return startFromPs(pid)
}

function startOnLinux(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The command's name may hold spaces and brackets, so fields are counted from behind it (proc(5): 3 state, 22 start).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? undefined : fields[19]
  } catch {
    return undefined
  }
}

function startFromPs(pid: number): string | undefined {
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined
  } catch {
    return undefined
  }
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
