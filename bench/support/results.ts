import { readFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import type { Cpu } from '../costs.ts'
import { COUNTED, type Name } from '../counted.ts'
import { type Grown, SIZES } from '../growth.ts'
import type { Waited } from '../head-of-line.ts'
import type { Compared } from '../peers.ts'
import { kilobytes, type Writes } from '../writes.ts'
import { ROOT } from './build.ts'
import { type Figure, figureRow } from './figures.ts'
import { markdownTable } from './markdown-table.ts'

export type Everything = {
  figures: readonly Figure[]
  cpu: Cpu
  written: Writes
  compared: readonly Compared[]
  grown: readonly Grown[]
  waited: readonly Waited[]
}

/** bench/RESULTS.md, which `npm run bench -- --write` writes and nobody else. */
export const resultsPage = ({ figures, cpu, written, compared, grown, waited }: Everything): string => `# Results

Written by \`npm run bench -- --write\` on ${new Date().toISOString().slice(0, 10)}. [What is measured and how](README.md). ${machine()}

Ratios hold on other machines, milliseconds do not.

## Budgets

${markdownTable([['Figure', 'Budget', 'Aim', 'Measured', '', ''], ...figures.map(figureRow)])}

## Each operation

Object calls, requests of SQL and rows are counted by a test. The processor's time is that of the whole workerd, Worker and objects,
without the hash. What is written goes to the disk of the objects, and a flush is what an answer waits for.

${markdownTable([['Operation', 'Object calls', 'SQL', 'Rows', 'CPU, ms', 'kB written', 'Flushes'], ...operationRows(cpu, written)])}

## Beside others

What one operation takes of the processor, and to how many bare answers that comes: of Hono on workerd, or of Koa on Node for oidc-provider.
The hashes of passwords are left out. The others keep their state in a map in memory, which costs nothing; Postern keeps it in Durable Objects on a disk.

${markdownTable([['Operation', 'Of', 'CPU, ms', '× bare answer'], ...compared.map(({ who, what, ms, toHello }) => [what, who, ms.toFixed(2), toHello.toFixed(1)])])}

## With more users

What PostgreSQL touches of its pages for each statement, which hardly depends on the machine, and the milliseconds that it took.

${markdownTable([['Statement', ...SIZES.map((size) => `Pages at ${size.toLocaleString('en')}`), ...SIZES.map(() => 'ms')], ...grown.map(({ what, pages, ms }) => [what, ...pages.map(String), ...ms.map((each) => each.toFixed(2))])])}

## What others wait

Medians in milliseconds, while four clients log in at full cost.

${markdownTable([['Operation', 'Nobody logs in', 'Hashes in a Worker of their own', 'Hashes in the same Worker'], ...waited.map(({ name, ...times }) => [name, ...[times.alone, times.two, times.one].map((each) => each.toFixed(2))])])}
`

const operationRows = (cpu: Cpu, written: Writes) =>
  Object.entries(cpu).map(([name, ms]) => {
    const { objectCalls, sql, rows } = isCounted(name) ? COUNTED[name] : { objectCalls: 1, sql: 0, rows: 1 }
    const disk = written[name]
    const counted = [objectCalls, sql, rows].map(String)
    return [name, ...counted, ms.toFixed(2), ...(disk ? [kilobytes(disk), String(disk.flushes)] : ['', ''])]
  })

const isCounted = (name: string): name is Name => name in COUNTED

function machine(): string {
  const [first] = cpus()
  const memory = (totalmem() / 2 ** 30).toFixed(0)
  const versions = [
    ...['workerd', 'hono'].map((name) => versionOf(name)),
    ...['better-auth', '@openauthjs/openauth', '@cloudflare/workers-oauth-provider', 'oidc-provider'].map((name) =>
      versionOf(name, 'bench/peers/node_modules'),
    ),
  ]
  return `${cpus().length} cores (${first?.model.trim()}), ${memory} GiB, Node ${process.versions.node}, ${versions.join(', ')}.`
}

function versionOf(name: string, folder = 'node_modules'): string {
  const { version } = JSON.parse(readFileSync(join(ROOT, folder, name, 'package.json'), 'utf8')) as { version: string }
  return `${name} ${version}`
}
