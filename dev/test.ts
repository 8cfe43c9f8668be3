import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { emptyCluster } from './stack/empty-cluster.ts'

/**
 * Every test but those that take minutes (`npm run test:outside`), in jobs beside each other: each has a database of its own,
 * while the files of one take turns. With words
 * (`npm test -- --project node x.test.ts`) it is vitest and nothing else, and so it is with a server for a database, of which
 * there is only one.
 */
const JOBS = [
  ['--project', 'workers', '--shard', '1/2'],
  ['--project', 'workers', '--shard', '2/2'],
  ['--project', 'node'],
]

const VITEST = join(import.meta.dirname, '../node_modules/vitest/vitest.mjs')
const words = process.argv.slice(2)

if (words.length > 0) process.exitCode = await run(words, 'inherit')
else if (process.env.TEST_DATABASE_URL)
  process.exitCode = await run(['--project', 'workers', '--project', 'node'], 'inherit')
else {
  // Once, and not by all of them at the same time.
  await emptyCluster()
  process.exitCode = Math.max(...(await Promise.all(JOBS.map((job) => run(job, 'pipe')))))
}

/** What a job prints comes whole, when it has ended: lines of several at once would be nobody's. */
function run(args: string[], stdio: 'inherit' | 'pipe'): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const vitest = spawn(process.execPath, [VITEST, 'run', ...args], { stdio: ['ignore', stdio, stdio] })
  const printed: Buffer[] = []
  for (const stream of [vitest.stdout, vitest.stderr]) stream?.on('data', (chunk: Buffer) => printed.push(chunk))
  vitest.on('error', reject)
  vitest.on('close', (code) => {
    if (stdio === 'pipe') console.log(`\n— ${args.join(' ')}\n${Buffer.concat(printed)}`)
    resolve(code ?? 1)
  })
  return promise
}
