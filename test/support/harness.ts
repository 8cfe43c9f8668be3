import { execFileSync } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { createTestHarness } from 'wrangler'
import { type Built, build } from '../../bench/support/build.ts'
import { migrate } from '../../cli/database/migrations.ts'
import { newSigningKey } from '../../cli/keys/new-signing-key.ts'
import { openEngine } from '../../dev/stack/engine.ts'
import { type Stack, startStack } from '../../dev/stack/server.ts'
import { emptyDatabase } from '../node/dev-engine.ts'
import { STACK_PASSWORD, testSettings } from './settings.ts'

const ROOT = join(import.meta.dirname, '../..')

/** What `wrangler` would otherwise look for in the network, or tell it. */
const CLOSED = {
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_SEND_ERROR_REPORTS: 'false',
  WRANGLER_HIDE_BANNER: 'true',
}

export type Service = {
  url: string
  stack: Stack
  post: (path: string, body: object, headers?: Record<string, string>) => Promise<Response>
  /** What the Worker wrote to its console. */
  log: () => string[]
  stop: () => Promise<void>
}

const serviceWith = (secrets: Record<string, string>) => [
  { configPath: './wrangler.toml', secrets },
  { configPath: './workers/hash/wrangler.toml' },
]

type Options = { settings?: Record<string, string>; root?: string; database?: string | undefined }

/** The Worker as wrangler builds it, in a workerd of its own, asked over real HTTP; the local stack in memory behind it. */
export async function startService({ settings = {}, root = ROOT, database }: Options = {}): Promise<Service> {
  Object.assign(process.env, CLOSED)
  // The build command calls `node`: it must be the one that runs this file.
  process.env.PATH = [join(ROOT, 'node_modules/.bin'), process.env.PATH].join(delimiter)
  // wrangler looks for the folder before it runs the command that makes it.
  await mkdir(join(root, 'dist/assets'), { recursive: true })
  // And it runs the command where this process runs, whatever project it serves.
  if (root !== ROOT) execFileSync(process.execPath, ['--no-warnings', join(root, 'build/run.ts')])
  const url = database ?? process.env.TEST_DATABASE_URL
  const engine = await openEngine(url ? { url } : {})
  await migrate(engine)
  await engine.query({ text: 'truncate users, identifiers restart identity cascade' })
  const stack = await startStack({ engine, password: STACK_PASSWORD })
  const secrets = { ...testSettings(stack.url, await newSigningKey('ES256', new Date(0))), ...settings }
  const harness = createTestHarness({
    root,
    workers: serviceWith(secrets),
  })
  const address = (await harness.listen()).url.origin
  return {
    url: address,
    stack,
    post: (path, body, headers = {}) =>
      fetch(address + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'cf-connecting-ip': '203.0.113.7', ...headers },
        body: JSON.stringify(body),
      }),
    log: () => harness.getLogs().map(({ message }) => message),
    stop: async () => {
      await harness.close()
      await stack.close()
      await engine.close()
    },
  }
}

const KEY = Symbol.for('postern.test.shared')
type Shared = { service?: Promise<Service>; built?: Promise<Built> }
const kept = globalThis as { [KEY]?: Shared }
kept[KEY] ??= {}
const shared = kept[KEY]

/**
 * Under the addresses that the books show. One for all files of a process, with which it ends; whoever asks finds no users.
 * Their numbers go on, since the copies in KV stay.
 */
export async function sharedService(): Promise<Service> {
  shared.service ??= startService({ settings: { ISSUER: 'http://localhost:8787', AUDIENCE: 'postern' } })
  const service = await shared.service
  await service.stack.engine.query({ text: 'truncate users, identifiers cascade' })
  return service
}

/** The Worker as it would be uploaded, built once for all files of a process. */
export function sharedBuild(): Promise<Built> {
  shared.built ??= build()
  return shared.built
}

/** This service, and the Worker of somebody else that is bound to it, with a database of their own. */
export async function startBeside(configPath: string) {
  const { engine, drop } = await emptyDatabase()
  await migrate(engine)
  const stack = await startStack({ engine, password: STACK_PASSWORD })
  const secrets = testSettings(stack.url, await newSigningKey('ES256', new Date(0)))
  const workers = createTestHarness({ root: ROOT, workers: [{ configPath }, ...serviceWith(secrets)] })
  const { url } = await workers.listen()
  return {
    url,
    stack,
    post: (path: string, body: object, headers: Record<string, string> = {}) =>
      workers.getWorker('postern').fetch(`https://auth.example.com${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'cf-connecting-ip': '203.0.113.7', ...headers },
        body: JSON.stringify(body),
      }),
    stop: async () => {
      await workers.close()
      await stack.close()
      await drop()
    },
  }
}
