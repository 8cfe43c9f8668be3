import { randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { migrate, migrationsFolder, rollback, status } from '../../cli/database/migrations.ts'
import { overHttp } from '../../cli/database/over-http.ts'
import type { Database, Engine } from '../../dev/stack/engine.ts'
import { startStack } from '../../dev/stack/server.ts'
import { emptyDatabase } from './dev-engine.ts'

let engine: Engine
let drop: () => Promise<void>
let folder: string

const books = `create table books (id int primary key, shelf int references shelves (id));
--> statement-breakpoint
create index books_by_shelf on books (shelf);`

beforeAll(async () => {
  ;({ engine, drop } = await emptyDatabase())
})

afterAll(() => drop())

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postern-migrations-'))
  await write('0000_shelves', 'create table shelves (id int primary key)', 'drop table shelves')
  await write('0001_books', books, 'drop table books')
})

afterEach(async () => {
  await rm(folder, { recursive: true })
  await engine.batch([{ text: 'drop schema public cascade' }, { text: 'create schema public' }])
})

async function write(name: string, up: string, down?: string): Promise<void> {
  await mkdir(join(folder, 'down'), { recursive: true })
  await writeFile(join(folder, `${name}.sql`), up)
  if (down !== undefined) await writeFile(join(folder, 'down', `${name}.sql`), down)
}

async function rowsOf(text: string): Promise<(string | null)[][]> {
  return (await engine.query({ text })).rows
}

/** All that a migration can leave behind: columns, constraints, indexes, types, sequences, functions, triggers. */
async function catalogue(database: Database): Promise<unknown> {
  const dumps = [
    `select table_name, column_name, data_type, udt_name, column_default, is_nullable, is_identity, identity_generation,
       datetime_precision, ordinal_position from information_schema.columns where table_schema = 'public' order by 1, 10`,
    `select conrelid::regclass, conname, pg_get_constraintdef(oid) from pg_constraint
       where connamespace = 'public'::regnamespace and contype <> 'n' order by 1::text, 2`,
    `select indexdef from pg_indexes where schemaname = 'public' order by 1`,
    `select typname from pg_type where typnamespace = 'public'::regnamespace order by 1`,
    `select sequencename, data_type, start_value from pg_sequences where schemaname = 'public' order by 1`,
    `select proname from pg_proc where pronamespace = 'public'::regnamespace order by 1`,
    `select tgname from pg_trigger where not tgisinternal order by 1`,
  ]
  const results = await database.batch(dumps.map((text) => ({ text })))
  return results.map(({ rows }) => rows)
}

test('up, all the way down, and up again with rows in it: the schema is the same', async () => {
  const empty = await status(engine).then(() => catalogue(engine))
  const names = await migrate(engine)
  expect(names.length).toBeGreaterThan(0)
  const full = await catalogue(engine)
  const person = `insert into users (subject, email) values ('${randomUUID()}', 'ann@example.com') returning user_id`
  const [[id] = []] = await rowsOf(person)
  await rowsOf(`insert into identifiers (identifier, kind, user_id) values ('ann@example.com', 'email', ${id}),
    ('ann@former.example', null, ${id}), ('ann@older.example', null, ${id})`)

  expect(await rollback(engine, names.length)).toEqual(names.toReversed())
  expect(await catalogue(engine)).toEqual(empty)
  expect((await status(engine)).map(({ state }) => state)).toEqual(names.map(() => 'pending'))

  expect(await migrate(engine)).toEqual(names)
  expect(await catalogue(engine)).toEqual(full)
  await rowsOf(person)
})

test('an address that was left under the version before is kept for whoever left it, and no other is touched', async () => {
  const names = await migrate(engine)
  await rollback(engine, names.length - names.indexOf('0002_former_addresses'))
  const someone = async (email: string) => {
    const [[id] = []] = await rowsOf(
      `insert into users (subject, email) values ('${randomUUID()}', '${email}') returning user_id`,
    )
    await rowsOf(`insert into identifiers (identifier, kind, user_id) values ('${email}', 'email', ${id})`)
    return id
  }
  const left = (id: unknown, from: string, age: string, cancelled = 'null') =>
    rowsOf(`insert into codes (code_id, purpose, user_id, account, payload, code_hash, created_at, expires_at, cancelled_at)
      values ('${randomUUID()}', 'change_email', ${id}, 'now@example.com', '{"from": "${from}"}', '', now() - interval '${age}',
        now(), ${cancelled})`)
  const ann = await someone('ann@new.example')
  await someone('taken@example.com')
  await left(ann, 'ann@example.com', '71 hours')
  await left(ann, 'ann@new.example', '1 minute')
  await left(ann, 'taken@example.com', '1 hour')
  await left(ann, 'long-ago@example.com', '73 hours')
  await left(ann, 'undone@example.com', '1 hour', 'now()')
  await migrate(engine)
  expect(await rowsOf(`select identifier, kind, user_id = ${ann} from identifiers order by 1`)).toEqual([
    ['ann@example.com', null, 't'],
    ['ann@new.example', 'email', 't'],
    ['taken@example.com', 'email', 'f'],
  ])
})

test('every migration of the product has a way back', async () => {
  const ups = (await readdir(migrationsFolder)).filter((name) => name.endsWith('.sql'))
  expect(await readdir(join(migrationsFolder, 'down'))).toEqual(ups)
})

test('what is applied is not applied again, and is taken back newest first', async () => {
  expect(await migrate(engine, folder)).toEqual(['0000_shelves', '0001_books'])
  expect(await migrate(engine, folder)).toEqual([])
  expect(await rollback(engine, 1, folder)).toEqual(['0001_books'])
  expect(await status(engine, folder)).toEqual([
    { name: '0000_shelves', state: 'applied', appliedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) },
    { name: '0001_books', state: 'pending', appliedAt: null },
  ])
  expect(await rollback(engine, 5, folder)).toEqual(['0000_shelves'])
  expect(await rollback(engine, 1, folder)).toEqual([])
})

test('a migration that fails half-way leaves nothing, and the ones before it stay', async () => {
  await write('0002_wrong', 'create table half (id int);\n--> statement-breakpoint\nselect 1 / 0;', 'drop table half')
  await expect(migrate(engine, folder)).rejects.toThrow(/division by zero/)
  expect((await status(engine, folder)).map(({ state }) => state)).toEqual(['applied', 'applied', 'pending'])
  expect(await rowsOf(`select to_regclass('half')`)).toEqual([[null]])
})

test('a way back that fails leaves everything as it was', async () => {
  await migrate(engine, folder)
  await write('0001_books', books, 'drop table books;\n--> statement-breakpoint\ndrop table nothing;')
  await expect(rollback(engine, 1, folder)).rejects.toThrow(/nothing/)
  expect((await status(engine, folder)).map(({ state }) => state)).toEqual(['applied', 'applied'])
  expect(await rowsOf('select count(*) from books')).toEqual([['0']])
})

test('a file that was changed after it was applied is refused, whatever is asked', async () => {
  await migrate(engine, folder)
  await write('0000_shelves', 'create table shelves (id bigint primary key)')
  const refusal = 'Migration 0000_shelves was changed after it was applied: write a new one instead.'
  await expect(migrate(engine, folder)).rejects.toThrow(refusal)
  await expect(rollback(engine, 1, folder)).rejects.toThrow(refusal)
  await expect(status(engine, folder)).rejects.toThrow(refusal)
})

test('other line ends are no change', async () => {
  await write('0002_lines', 'create table lines (\n  id int\n)', 'drop table lines')
  await migrate(engine, folder)
  await write('0002_lines', 'create table lines (\r\n  id int\r\n)')
  expect(await migrate(engine, folder)).toEqual([])
})

test('an applied file that is gone, or a new one that comes too early, is refused', async () => {
  await migrate(engine, folder)
  await write('0000_a_late_one', 'select 1', 'select 1')
  await expect(migrate(engine, folder)).rejects.toThrow(/0000_a_late_one comes before 0001_books/)
  await rm(join(folder, '0000_a_late_one.sql'))
  await rm(join(folder, '0001_books.sql'))
  await expect(migrate(engine, folder)).rejects.toThrow(
    /0001_books was applied to this database, but its file is missing/,
  )
})

test('a migration without a way back is refused before anything is applied', async () => {
  await write('0002_one_way', 'create table one_way (id int)')
  await expect(migrate(engine, folder)).rejects.toThrow(/0002_one_way has no way back/)
  expect((await status(engine, folder)).every(({ state }) => state === 'pending')).toBe(true)
})

test('several runners at once apply and take back each migration once', async () => {
  await write('0001_books', books, 'drop table if exists books')
  for (let round = 0; round < 5; round++) {
    const ups = await Promise.all(Array.from({ length: 8 }, () => migrate(engine, folder)))
    expect(ups.flat().sort()).toEqual(['0000_shelves', '0001_books'])
    const downs = await Promise.all(Array.from({ length: 8 }, () => rollback(engine, 1, folder)))
    expect(downs.flat()).toContain('0001_books')
    expect(new Set(downs.flat()).size).toBe(downs.flat().length)
    await engine.batch([{ text: 'drop schema public cascade' }, { text: 'create schema public' }])
  }
})

test('it works the same through the endpoint of a running stack', async () => {
  const stack = await startStack({ engine, password: 'a b/c' })
  try {
    const database = overHttp(`${stack.url}/sql`, 'a b/c')
    expect(await migrate(database, folder)).toEqual(['0000_shelves', '0001_books'])
    expect(await status(database, folder)).toEqual(await status(engine, folder))
    expect(await rollback(database, 2, folder)).toEqual(['0001_books', '0000_shelves'])
  } finally {
    await stack.close()
  }
})
