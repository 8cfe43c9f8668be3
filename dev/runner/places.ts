import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { lockDirectory } from '../../cli/database/lock.ts'

/** Where a run keeps its data: in `.postern`, or in a directory that goes with it. */
export type Places = {
  /** The embedded database; undefined means in memory. */
  database: string | undefined
  /** Durable Objects and KV. */
  worker: string
  /** The same for the example, which has nothing to keep but must not share. */
  example: string
  /** Where wrangler looks for other Workers of this machine: a clone of its own sees only itself. */
  registry: string
  wranglerLogs: string
  /** What is to be removed when the run ends, however it ends. */
  temporary: string | undefined
  /** Lets go of the data, and removes what was temporary. */
  leave(): Promise<void>
}

export function dataFolder(root: string): string {
  return join(root, '.postern')
}

export function databaseFolder(root: string): string {
  return join(dataFolder(root), 'pg')
}

export async function temporaryPlaces(): Promise<Places> {
  const temporary = await mkdtemp(join(tmpdir(), 'postern-'))
  return { ...inside(temporary), database: undefined, temporary, leave: () => remove(temporary) }
}

export async function keptPlaces(root: string, { reset }: { reset: boolean }): Promise<Places> {
  const folder = dataFolder(root)
  const places = inside(folder)
  // The database's files are readable by everybody; the folder is not.
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const release = await lockDirectory(places.worker)
  try {
    await remove(places.wranglerLogs)
    if (reset) await forget(root, places.worker)
  } catch (error) {
    await release()
    throw error
  }
  return { ...places, database: databaseFolder(root), temporary: undefined, leave: release }
}

/** Database, Durable Objects and KV go together: each holds what the others refer to. */
async function forget(root: string, worker: string): Promise<void> {
  const release = await lockDirectory(databaseFolder(root))
  await remove(databaseFolder(root))
  await remove(worker)
  await release()
}

/** Where a run that keeps its data here, or there for the time being, notes which Workers it has started. */
export function registryOf(root: string, temporary: string | undefined): string {
  return inside(temporary ?? dataFolder(root)).registry
}

function inside(folder: string) {
  const of = (name: string) => join(folder, name)
  return { worker: of('worker'), registry: of('registry'), wranglerLogs: of('wrangler-logs'), example: of('example') }
}

function remove(directory: string): Promise<void> {
  return rm(directory, { recursive: true, force: true, maxRetries: 5 })
}
