import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { emptyCluster } from './stack/empty-cluster.ts'
import { isTold, openTotal } from './test-total.ts'

/**
 * Every test but those that take minutes (`npm run test:outside`), in jobs beside each other. With words
 * (`npm test -- --project node x.test.ts`) it is vitest and nothing else, and so it is with a server for a database, of which
 * there is only one.
 */
const JOBS = [
  ['--project', 'workers'],
  ['--project', 'node'],
]

const VITEST = join(import.meta.dirname, '../node_modules/vitest/vitest.mjs')
const PROGRESS = ['--reporter', 'default', '--reporter', join(import.meta.dirname, 'test-progress.ts')]
const words = process.argv.slice(2)

if (words.length > 0) process.exitCode = await run(words)
else if (process.env.TEST_DATABASE_URL) process.exitCode = await run(['--project', 'workers', '--project', 'node'])
else process.exitCode = await runJobs()

async function runJobs(): Promise<number> {
  // Once, and not by all of them at the same time.
  await emptyCluster()
  const total = openTotal(process.stdout)
  const began = performance.now()
  const code = Math.max(...(await Promise.all(JOBS.map((job) => runJob(job, total)))))
  total.end(code, (performance.now() - began) / 1000)
  return code
}

function run(args: string[]): Promise<number> {
  return ended(spawn(process.execPath, [VITEST, 'run', ...args], { stdio: ['ignore', 'inherit', 'inherit'] }))
}

/** Prints the output of a job when it has ended, so that the lines of several jobs do not mix. */
async function runJob(job: string[], total: ReturnType<typeof openTotal>): Promise<number> {
  const stdio = ['ignore', 'pipe', 'pipe', 'ipc'] as const
  const vitest = spawn(process.execPath, [VITEST, 'run', ...job, ...PROGRESS], { stdio: [...stdio] })
  const printed: Buffer[] = []
  for (const stream of [vitest.stdout, vitest.stderr]) stream?.on('data', (chunk: Buffer) => printed.push(chunk))
  vitest.on('message', (message) => isTold(message) && total.take(message))
  const code = await ended(vitest)
  total.print(`\n— ${job.join(' ')}\n${Buffer.concat(printed)}`)
  return code
}

async function ended(vitest: ChildProcess): Promise<number> {
  const [code] = await once(vitest, 'close')
  return code ?? 1
}
