import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { isPostgresUrl } from '../dev/runner/args.ts'
import { readDevVars, stackPassword } from '../dev/runner/dev-vars.ts'
import { databaseFolder } from '../dev/runner/places.ts'
import { livingRun } from '../dev/runner/runs.ts'
import { type Database, openEngine } from '../dev/stack/engine.ts'
import { Complaint } from './complaint.ts'
import { migrate, rollback, status } from './database/migrations.ts'
import { overHttp } from './database/over-http.ts'

const root = join(import.meta.dirname, '..')

const commands: Record<string, (database: Database, steps: number) => Promise<string[]>> = {
  migrate: async (database) => {
    const names = await migrate(database)
    return names.length === 0 ? ['Nothing to apply.'] : names.map((name) => `applied ${name}`)
  },
  rollback: async (database, steps) => {
    const names = await rollback(database, steps)
    return names.length === 0 ? ['Nothing to take back.'] : names.map((name) => `took back ${name}`)
  },
  status: async (database) =>
    (await status(database)).map(({ name, state, appliedAt }) => `${state.padEnd(9)}${name} ${appliedAt ?? ''}`.trim()),
}

/** `npm run db:migrate`, `db:rollback [-- --steps n]`, `db:status`; `-- --database postgres://…` or DATABASE_URL for a server. */
async function run(args: string[]): Promise<void> {
  const { command, steps, url } = readCommand(args)
  const { database, close } = url === undefined ? await embedded() : await server(url)
  try {
    for (const line of await command(database, steps)) console.log(line)
  } finally {
    await close()
  }
}

function readCommand(args: string[]) {
  const { values, positionals } = parse(args)
  const command = commands[positionals[0] ?? '']
  if (command === undefined || positionals.length > 1) throw new Complaint('Say migrate, rollback or status.')
  const steps = Number(values.steps ?? 1)
  if (!Number.isInteger(steps) || steps < 1) throw new Complaint('--steps takes a whole number from 1.')
  const url = values.database ?? (process.env.DATABASE_URL || undefined)
  if (url !== undefined && !isPostgresUrl(url))
    throw new Complaint('The database is named by an address like postgres://user:password@host/name.')
  return { command, steps, url }
}

function parse(args: string[]) {
  try {
    const options = { steps: { type: 'string' }, database: { type: 'string' } } as const
    return parseArgs({ args, options, allowPositionals: true })
  } catch (error) {
    throw new Complaint((error as Error).message)
  }
}

async function server(url: string) {
  const engine = await openEngine({ url })
  return { database: engine, close: () => engine.close() }
}

/** The embedded database has one owner: while the stack runs it is asked, otherwise its files are opened. */
async function embedded() {
  const run = await livingRun(root)
  if (run === undefined) {
    const engine = await openEngine({ directory: databaseFolder(root) })
    return { database: engine, close: () => engine.close() }
  }
  const vars = await readDevVars(root)
  return { database: overHttp(`${run.stack}/sql`, stackPassword(vars)), close: async () => undefined }
}

try {
  await run(process.argv.slice(2))
} catch (error) {
  process.exitCode = 1
  const failure = error as Error & { code?: string }
  console.error(error instanceof Complaint ? error.message : `The database refused: ${failure.message || failure.code}`)
}
