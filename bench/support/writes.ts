import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { cpuDuring } from './cpu.ts'
import { median } from './figures.ts'

export type Written = { bytes: number; flushes: number }

/** Files are written at a place; sockets and pipes are not. */
const WRITES = ['pwrite64', 'pwritev', 'pwritev2']
const FLUSHES = ['fsync', 'fdatasync']
/** `1234 1790000000.123456 pwrite64(12, "…", 4096, 0) = 4096`; another thread may cut a line in two, and the result ends the second. */
const CALL = /^\d+ +(?<at>[\d.]+) (?:<\.\.\. )?(?<name>\w+)(?:\(| resumed>).*= (?<result>\d+)$/

export const canTrace = (): boolean => spawnSync('strace', ['--version']).status === 0

/** What the objects of a workerd write into their files and how often they flush them, as its calls to the kernel say. */
export async function watchWrites(pid: number) {
  const folder = mkdtempSync(join(tmpdir(), 'postern-writes-'))
  const output = join(folder, 'calls')
  const words = ['-f', '-ttt', '-e', `trace=${[...WRITES, ...FLUSHES].join()}`, '-o', output]
  const strace = spawn('strace', [...words, '-p', String(pid)], { stdio: ['ignore', 'ignore', 'pipe'] })
  await once(createInterface({ input: strace.stderr }), 'line')
  /** By the clock, since strace writes its lines when it likes; all of them are there once it has ended. */
  const spans: { name: string; from: number; to: number }[] = []
  return {
    async during(name: string, work: () => Promise<unknown>) {
      const from = Date.now()
      await cpuDuring(pid, work)
      spans.push({ name, from, to: Date.now() })
    },
    async stop(): Promise<Record<string, Written>> {
      strace.kill('SIGINT')
      await once(strace, 'exit')
      const calls = callsIn(readFileSync(output, 'utf8'))
      rmSync(folder, { recursive: true })
      const each = Object.groupBy(spans, ({ name }) => name)
      return Object.fromEntries(Object.entries(each).map(([name, them = []]) => [name, usual(them, calls)]))
    },
  }
}

type Call = { at: number; name: string; result: number }

/** The median, since now and then a file's log is moved into it, for hundreds of calls before. */
function usual(spans: readonly { from: number; to: number }[], calls: readonly Call[]): Written {
  const within = spans.map(({ from, to }) => calls.filter(({ at }) => at >= from && at <= to))
  const bytesOf = (some: Call[]) =>
    some.reduce((sum, { name, result }) => sum + (WRITES.includes(name) ? result : 0), 0)
  const flushesOf = (some: Call[]) => some.filter(({ name }) => FLUSHES.includes(name)).length
  return { bytes: median(within.map(bytesOf)), flushes: median(within.map(flushesOf)) }
}

const callsIn = (text: string): Call[] =>
  text.split('\n').flatMap((line) => {
    const { at, name, result } = CALL.exec(line)?.groups ?? {}
    if (at === undefined || name === undefined) return []
    return [{ at: Number(at) * 1000, name, result: Number(result) }]
  })
