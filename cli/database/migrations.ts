import { join } from 'node:path'
import type { Database, Query } from '../../dev/stack/engine.ts'
import { Complaint } from '../complaint.ts'
import { type Migration, readMigrations, wayBack } from './migration-files.ts'

export const migrationsFolder = join(import.meta.dirname, '../../migrations')

export type MigrationStatus = { name: string; state: 'applied' | 'pending'; appliedAt: string | null }

type Applied = { name: string; hash: string; appliedAt: string }

// A number of our own. Held until the transaction ends, so a second runner waits, and a pooler can carry it.
const oneAtATime: Query = { text: 'select pg_advisory_xact_lock(7678837)' }

/** Applies what is pending, each migration in one transaction together with the row that remembers it. */
export async function migrate(database: Database, folder = migrationsFolder): Promise<string[]> {
  const migrations = await readMigrations(folder)
  const pending = pendingOf(migrations, await appliedIn(database))
  for (const migration of pending) await wayBack(migration)
  const done: string[] = []
  for (const migration of pending) if (await apply(database, migration)) done.push(migration.name)
  return done
}

/** Takes back the newest migrations, newest first. */
export async function rollback(database: Database, steps = 1, folder = migrationsFolder): Promise<string[]> {
  const migrations = await readMigrations(folder)
  const applied = await appliedIn(database)
  pendingOf(migrations, applied)
  const names = applied.slice(-steps).reverse()
  const chosen = migrations.filter((migration) => names.some(({ name }) => name === migration.name)).reverse()
  const backwards = await Promise.all(chosen.map(async (each) => ({ name: each.name, queries: await wayBack(each) })))
  const done: string[] = []
  for (const { name, queries } of backwards) if (await takeBack(database, name, queries)) done.push(name)
  return done
}

export async function status(database: Database, folder = migrationsFolder): Promise<MigrationStatus[]> {
  const migrations = await readMigrations(folder)
  const applied = await appliedIn(database)
  pendingOf(migrations, applied)
  return migrations.map(({ name }) => {
    const appliedAt = applied.find((row) => row.name === name)?.appliedAt ?? null
    return { name, state: appliedAt === null ? 'pending' : 'applied', appliedAt }
  })
}

async function apply(database: Database, migration: Migration): Promise<boolean> {
  try {
    await database.batch([oneAtATime, remember(migration), ...migration.queries])
    return true
  } catch (error) {
    // Another runner was first: its row is there now, so the whole of ours was taken back.
    const applied = await appliedIn(database)
    if (applied.some(({ name, hash }) => name === migration.name && hash === migration.hash)) return false
    throw error
  }
}

async function takeBack(database: Database, name: string, queries: readonly Query[]): Promise<boolean> {
  try {
    await database.batch([oneAtATime, forget(name), ...queries])
    return true
  } catch (error) {
    const applied = await appliedIn(database)
    if (!applied.some((row) => row.name === name)) return false
    throw error
  }
}

function remember({ name, hash }: Migration): Query {
  return { text: 'insert into postern_migrations (name, hash) values ($1, $2)', values: [name, hash] }
}

// Dividing by the number of rows fails, and so takes everything back, if another runner was first.
function forget(name: string): Query {
  const gone = 'with gone as (delete from postern_migrations where name = $1 returning 1)'
  return { text: `${gone} select 1 / count(*) from gone`, values: [name] }
}

async function appliedIn(database: Database): Promise<Applied[]> {
  const [, , result] = await database.batch([
    oneAtATime,
    {
      text: `create table if not exists postern_migrations (
        name text primary key, hash text not null, applied_at timestamptz not null default now())`,
    },
    { text: `select name, hash, to_json(applied_at) #>> '{}' from postern_migrations order by name collate "C"` },
  ])
  return (result?.rows ?? []).map(([name, hash, appliedAt]) => ({
    name: String(name),
    hash: String(hash),
    appliedAt: String(appliedAt),
  }))
}

/** What was applied must still be what the files say; otherwise nobody knows what the database holds. */
function pendingOf(migrations: readonly Migration[], applied: readonly Applied[]): Migration[] {
  for (const { name, hash } of applied) {
    const file = migrations.find((migration) => migration.name === name)
    if (file === undefined)
      throw new Complaint(`Migration ${name} was applied to this database, but its file is missing.`)
    if (file.hash !== hash)
      throw new Complaint(`Migration ${name} was changed after it was applied: write a new one instead.`)
  }
  const newest = applied.at(-1)?.name ?? ''
  const pending = migrations.filter(({ name }) => !applied.some((row) => row.name === name))
  const late = pending.find(({ name }) => name < newest)
  if (late !== undefined)
    throw new Complaint(
      `Migration ${late.name} comes before ${newest}, which was applied already: give it a later number.`,
    )
  return pending
}
