import { COUNTED, type Name } from './counted.ts'
import { build } from './support/build.ts'
import { answered, clientAt } from './support/client.ts'
import { cpuRounds, type Operation, ratioOf, times } from './support/cpu-rounds.ts'
import { type Figure, median, report, table } from './support/figures.ts'
import { posternWith, startDatabase } from './support/postern.ts'
import { posternOperations } from './support/postern-operations.ts'
import { serve } from './support/workerd.ts'
import { canTrace, type Written, watchWrites } from './support/writes.ts'

const ROUNDS = { warmUp: 600, rounds: 12, batch: 40 }
const WRITTEN = 20
const BARE = 'bare object call with one write'

export type Cost = { name: string; cpu: number; written?: Written }
type Costs = { costs: Cost[]; figures: Figure[] }

/** What each operation of Postern takes of the processor beside its hash, and what its objects write. */
export async function costs(rounds = ROUNDS): Promise<Costs> {
  const database = await startDatabase()
  const workerd = await serve({
    object: { built: await build('bench/workers/bare-object.toml'), objects: { COUNTER: 'Counter' } },
    // The hash costs nothing here, so that what is measured stands beside it.
    postern: await posternWith(await build(), { ...database, cost: 4 }),
    verifier: {
      built: await build('bench/workers/verifier.toml'),
      services: { POSTERN: { worker: 'postern', entrypoint: 'VerifyRpc' } },
    },
  })
  const [postern, verifier, object] = ['postern', 'verifier', 'object'].map((name) => clientAt(workerd.port(name)))
  if (!postern || !verifier || !object) throw new Error('Nobody listens.')
  const { pid } = workerd
  const operations: Operation[] = [
    { name: BARE, pid, ask: () => answered(object('/', { name: 'one' })) },
    ...Object.entries(await posternOperations({ postern, verifier })).map(([name, ask]) => ({ ...ask, name, pid })),
  ]
  const spent = await cpuRounds(operations, rounds)
  const written = canTrace() ? await writesOf(pid, operations) : {}
  await workerd.stop()
  await database.close()
  const measured = operations.map(({ name }) => ({ name, cpu: median(spent[name] ?? []), written: written[name] }))
  return { costs: measured, figures: budgets(measured, ratioOf(spent, 'refresh', BARE)) }
}

async function writesOf(pid: number, operations: readonly Operation[]): Promise<Record<string, Written>> {
  for (const { prepare } of operations) await prepare?.(WRITTEN)
  const watch = await watchWrites(pid)
  for (const { name, ask } of operations) await watch.during(name, WRITTEN, () => times(WRITTEN, ask))
  return watch.stop()
}

function budgets(measured: readonly Cost[], refreshToBare: number): Figure[] {
  const of = (name: Name) => measured.find((cost) => cost.name === name)
  const [logIn, refresh] = [of('log-in, at the limit of sessions'), of('refresh')]
  if (!logIn || !refresh) throw new Error('An operation was not measured.')
  const figures: Figure[] = [
    { what: 'CPU of a log-in, beside its hash', measured: logIn.cpu, unit: 'ms', atMost: 3 },
    { what: 'CPU of a refresh, to a bare object call', measured: refreshToBare, unit: '×', atMost: 1.6 },
  ]
  if (logIn.written && refresh.written) {
    const [kilobytes, flushes] = [logIn.written.bytes / 1000, refresh.written.flushes]
    figures.push(
      { what: 'written by a log-in', measured: kilobytes, unit: 'kB', atMost: 40 },
      { what: 'flushes of a refresh', measured: flushes, unit: '', atMost: 1 },
    )
  }
  return figures
}

const COLUMNS = ['operation', 'object calls', 'SQL', 'rows', 'CPU, ms', 'kB written', 'flushes']

/** With what test/costs.test.ts counts. */
export const costRows = (measured: readonly Cost[]): string[][] => [
  COLUMNS,
  ...measured.map(({ name, cpu, written }) => {
    const { objectCalls = 1, sql = 0, rows = 1 } = isCounted(name) ? COUNTED[name] : {}
    const counted = [objectCalls, sql, rows].map(String)
    const disk = written ? [(written.bytes / 1000).toFixed(1), written.flushes.toFixed(1)] : ['', '']
    return [name, ...counted, cpu.toFixed(2), ...disk]
  }),
]

const isCounted = (name: string): name is Name => name in COUNTED

if (import.meta.main) {
  const { costs: measured, figures } = await costs()
  console.log(`${table(costRows(measured))}\n`)
  report(figures)
}
