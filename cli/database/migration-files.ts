import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Query } from '../../dev/stack/engine.ts'
import { Complaint } from '../complaint.ts'

export type Migration = { name: string; hash: string; folder: string; queries: Query[] }

/** `migrations/0000_name.sql`, in the order of their numbers. */
export async function readMigrations(folder: string): Promise<Migration[]> {
  const files = await readdir(folder)
  const names = files.filter((file) => file.endsWith('.sql')).map((file) => file.slice(0, -'.sql'.length))
  return Promise.all(
    names.sort().map(async (name) => {
      const text = await readText(join(folder, `${name}.sql`))
      return { name, folder, hash: createHash('sha256').update(text).digest('hex'), queries: statementsOf(text) }
    }),
  )
}

/** `migrations/down/0000_name.sql`, written by hand. */
export async function wayBack({ name, folder }: Migration): Promise<Query[]> {
  try {
    return statementsOf(await readText(join(folder, 'down', `${name}.sql`)))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    throw new Complaint(`Migration ${name} has no way back: write migrations/down/${name}.sql.`)
  }
}

// A checkout may have other line ends; that does not change a migration.
async function readText(path: string): Promise<string> {
  return (await readFile(path, 'utf8')).replaceAll('\r\n', '\n')
}

function statementsOf(text: string): Query[] {
  const statements = text.split('--> statement-breakpoint').map((statement) => statement.trim())
  return statements.filter((statement) => statement !== '').map((statement) => ({ text: statement }))
}
