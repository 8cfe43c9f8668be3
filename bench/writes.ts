import type { Name } from './counted.ts'
import { type Figure, report, table } from './support/figures.ts'
import { measuredPostern } from './support/measured-postern.ts'
import { canTrace, type Written, watchWrites } from './support/writes.ts'

const TIMES = 9

export type Writes = Record<string, Written>

/** What objects write into their files for each operation, and how often they wait for the disk. */
export async function writes(): Promise<{ written: Writes; figures: Figure[] }> {
  if (!canTrace()) throw new Error('What is written is measured with strace, which is not here.')
  const { pid, operations, stop } = await measuredPostern()
  for (const { prepare } of operations) await prepare?.(TIMES + 1)
  // The first of each makes objects and tables, as it would not a second time.
  for (const { ask } of operations) await ask()
  const watch = await watchWrites(pid)
  for (let time = 0; time < TIMES; time += 1) {
    for (const { name, ask } of operations) await watch.during(name, ask)
  }
  const written = await watch.stop()
  await stop()
  const of = (name: Name) => written[name] ?? { bytes: Number.NaN, flushes: Number.NaN }
  return {
    written,
    figures: [
      { what: 'written by a log-in', measured: of('log-in').bytes / 1000, unit: 'kB', atMost: 40 },
      { what: 'flushes of a refresh', measured: of('refresh').flushes, unit: '', atMost: 1 },
    ],
  }
}

export const kilobytes = ({ bytes }: Written): string => (bytes / 1000).toFixed(1)

if (import.meta.main) {
  const { written, figures } = await writes()
  const rows = Object.entries(written).map(([name, each]) => [name, kilobytes(each), String(each.flushes)])
  console.log(`${table([['operation', 'kB written', 'flushes'], ...rows])}\n`)
  report(figures)
}
