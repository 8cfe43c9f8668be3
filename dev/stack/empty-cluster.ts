import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'

const PACKAGES = join(import.meta.dirname, '../../node_modules')
const FOLDER = join(PACKAGES, '.cache/postern')

/**
 * What `initdb` makes, which is the same each time and takes three seconds of the processor: every further engine in memory
 * begins with a copy. It is kept beside the package that made it, and goes with it.
 */
export async function emptyCluster(): Promise<Blob> {
  const { version } = JSON.parse(await readFile(join(PACKAGES, '@electric-sql/pglite/package.json'), 'utf8'))
  const kept = join(FOLDER, `pglite-${version}.tar`)
  return (await read(kept)) ?? (await make(kept))
}

async function read(kept: string): Promise<Blob | undefined> {
  try {
    return new Blob([await readFile(kept)])
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

async function make(kept: string): Promise<Blob> {
  const pglite = await PGlite.create()
  const cluster = await pglite.dumpDataDir('none')
  await pglite.close()
  await mkdir(FOLDER, { recursive: true })
  // Under a name of its own first, so that nobody reads half of it.
  const unfinished = `${kept}.${process.pid}`
  await writeFile(unfinished, new Uint8Array(await cluster.arrayBuffer()))
  await rename(unfinished, kept)
  return cluster
}
