import { randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Complaint } from '../../cli/complaint.ts'
import { type Identity, identify, isAlive } from '../processes/identity.ts'
import { endMarked } from '../processes/mark.ts'
import { dataFolder } from './places.ts'
import type { Ports } from './ports.ts'

/** What the next start must know of a run that could not tidy up after itself. */
export type Run = {
  runner: Identity
  /** Stands in the environment of every process that the run started. */
  mark: string
  stack: string
  /** Undefined where the stack runs alone. */
  service?: string | undefined
  temporary: string | undefined
}

export async function recordRun(root: string, run: Omit<Run, 'runner' | 'mark'>) {
  const folder = runsFolder(root)
  await mkdir(folder, { recursive: true })
  const mark = randomUUID()
  const record: Run = { runner: identify(process.pid), mark, ...run }
  const path = join(folder, `${mark}.json`)
  await writeFile(path, JSON.stringify(record), { mode: 0o600 })
  return { mark, forget: () => rm(path, { force: true }) }
}

/** A runner that was killed leaves wrangler and workerd behind, and perhaps a directory. Living runs are let alone. */
export async function clearLeftovers(root: string): Promise<void> {
  for (const { path, run } of await recordedRuns(root)) {
    if (isAlive(run.runner)) continue
    await endMarked(run.mark)
    if (run.temporary !== undefined) await rm(run.temporary, { recursive: true, force: true })
    await rm(path, { force: true })
  }
}

export async function livingRun(root: string): Promise<Run | undefined> {
  return (await livingRuns(root))[0]
}

export async function livingRuns(root: string): Promise<Run[]> {
  return (await recordedRuns(root)).map(({ run }) => run).filter(({ runner }) => isAlive(runner))
}

/** Two runs of one checkout share neither their data, unless they are in memory, nor their ports. */
export async function requireNotRunning(root: string, wanted: { memory: boolean; ports: Ports }): Promise<void> {
  const inTheWay = ({ temporary, stack, service }: Run) =>
    (temporary === undefined && !wanted.memory) ||
    portOf(stack) === wanted.ports.stack ||
    portOf(service) === wanted.ports.worker
  const run = (await livingRuns(root)).find(inTheWay)
  if (run === undefined) return
  const [what, address] = run.service === undefined ? ['The stack of Postern', run.stack] : ['Postern', run.service]
  throw new Complaint(`${what} already runs here, as process ${run.runner.pid}: ${address}`)
}

const portOf = (address: string | undefined) => (address === undefined ? undefined : Number(new URL(address).port))

async function recordedRuns(root: string): Promise<{ path: string; run: Run }[]> {
  const folder = runsFolder(root)
  const names = await readdir(folder).catch(() => [])
  const read = names.map(async (name) => {
    const path = join(folder, name)
    try {
      return [{ path, run: JSON.parse(await readFile(path, 'utf8')) as Run }]
    } catch {
      return []
    }
  })
  return (await Promise.all(read)).flat()
}

function runsFolder(root: string): string {
  return join(dataFolder(root), 'runs')
}
