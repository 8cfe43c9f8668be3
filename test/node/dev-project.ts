import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { endMarked } from '../../dev/processes/mark.ts'

const checkout = join(import.meta.dirname, '../..')
const copied = [
  'build',
  'cli',
  'dev',
  'src',
  'examples',
  'migrations',
  'workers',
  'wrangler.toml',
  'package.json',
  'tsconfig.json',
  '.dev.vars.example',
]

/** Starts the runner and passes on nothing but its output, like npm. */
const silentParent = `import { spawn } from 'node:child_process'
spawn(process.execPath, ['dev/run.ts', ...process.argv.slice(2)], { stdio: 'inherit' })
`

/** A clone of the project, as it is after `npm ci`. */
export async function cloneProject(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'postern-clone-'))
  for (const name of copied) await cp(join(checkout, name), join(root, name), { recursive: true })
  await writeFile(join(root, 'parent.mjs'), silentParent)
  await symlink(join(checkout, 'node_modules'), join(root, 'node_modules'))
  return root
}

/** Ends whatever a test left running in it, and removes it. */
export async function removeProject(root: string): Promise<void> {
  for (const mark of await marks(root)) await endMarked(mark)
  await rm(root, { recursive: true, force: true, maxRetries: 5 })
}

export async function marks(root: string): Promise<string[]> {
  const folder = join(root, '.postern/runs')
  const names = await readdir(folder).catch(() => [])
  return Promise.all(names.map(async (name) => JSON.parse(await readFile(join(folder, name), 'utf8')).mark))
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}

export type Started = {
  child: ChildProcess
  output(): string
  errors(): string
  /** Resolves when the runner has printed its table; fails with what it said if it ends before. */
  ready: Promise<void>
  exit: Promise<number | null>
}

export function start(root: string, file: string, args: string[], environment: Record<string, string>): Started {
  const child = spawn(process.execPath, [join(root, file), ...args], {
    cwd: root,
    env: { ...process.env, DATABASE_URL: '', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  let errors = ''
  const exit = once(child, 'close').then(([code]) => code as number | null)
  const ready = new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      output += chunk
      if (output.includes('is ready')) resolve()
    })
    child.stderr.on('data', (chunk) => {
      errors += chunk
    })
    exit.then(() => reject(new Error(`It ended before it was ready:\n${output}\n${errors}`)))
  })
  ready.catch(() => undefined)
  return { child, output: () => output, errors: () => errors, ready, exit }
}
