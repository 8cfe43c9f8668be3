import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { Complaint } from '../../cli/complaint.ts'
import { until } from '../../dev/processes/until.ts'

export type Running = {
  /** Asks it and all that it started to end, and insists after a while. */
  stop(): Promise<void>
  hasEnded(): boolean
}

type What = {
  name: string
  command: string
  args: readonly string[]
  env?: Record<string, string>
  log: string
  /** Ready when this says so. */
  ready: () => Promise<boolean>
  onLine?: (line: string) => void
}

/** What may not outlive this process. None of it waits for anything, since there is no time left. */
const atTheEnd = new Set<() => unknown>()
process.on('exit', () => {
  // Backwards: a folder goes after those who write into it. And whatever one of them meets, the others still have to go.
  for (const step of [...atTheEnd].toReversed()) {
    try {
      step()
    } catch (error) {
      console.error(error)
      process.exitCode = 1
    }
  }
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect'] as const) {
  process.on(signal, () => {
    console.error(`Ended by ${signal}.`)
    process.exit(1)
  })
}

/** For when somebody ends this before it has ended what it started. Answers how to take it back. */
export function endAtTheLatest(step: () => unknown): () => void {
  atTheEnd.add(step)
  return () => void atTheEnd.delete(step)
}

/** A command that does its work and ends, and does not outlive this process either. Fails with all that it said. */
export async function runToItsEnd(command: string, args: readonly string[]): Promise<void> {
  const running = promisify(execFile)(command, args, { maxBuffer: 64 * 1024 * 1024 })
  const settled = endAtTheLatest(() => running.child.kill('SIGKILL'))
  try {
    await running
  } catch (error) {
    // The message has the command and what came by stderr; Maven complains by stdout.
    throw new Complaint(`${(error as Error).message}\n${(error as { stdout?: string }).stdout ?? ''}`)
  } finally {
    settled()
  }
}

const START_MS = 60_000
const END_MS = 20_000

/** In a group of its own, so that it ends with all its children, and with nothing else. */
export async function startProcess({ name, command, args, env = {}, log, ready, onLine }: What): Promise<Running> {
  const child = spawn(command, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const written = createWriteStream(log, { flags: 'a' })
  const lines: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      written.write(`${line}\n`)
      lines.push(line)
      if (stream === child.stdout) onLine?.(line)
    })
  }
  let failure: Error | undefined
  child.on('error', (error) => {
    failure = error
  })
  const ended = once(child, 'close')
  ended.catch(() => undefined)
  const settled = endAtTheLatest(() => endGroup(child.pid, 'SIGKILL'))
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null || failure !== undefined
  const stop = async () => {
    endGroup(child.pid, 'SIGTERM')
    await until(hasEnded, END_MS)
    endGroup(child.pid, 'SIGKILL')
    await ended.catch(() => undefined)
    settled()
    written.end()
  }
  const isReady = await until(async () => hasEnded() || (await ready()), START_MS)
  if (isReady && !hasEnded()) return { stop, hasEnded }
  await stop()
  throw new Complaint(`${name} does not start. It said:\n${lines.slice(-15).join('\n')}`)
}

function endGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Whether somebody listens there. */
export function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false))
    socket.on('connect', () => socket.destroy())
  })
}
