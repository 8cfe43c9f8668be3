import { randomUUID } from 'node:crypto'
import { createWriteStream, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Complaint } from '../../cli/complaint.ts'
import { migrate } from '../../cli/database/migrations.ts'
import { newSigningKey } from '../../cli/keys/new-signing-key.ts'
import { endMarked } from '../../dev/processes/mark.ts'
import { until } from '../../dev/processes/until.ts'
import { temporaryPlaces } from '../../dev/runner/places.ts'
import { statusOf } from '../../dev/runner/ready.ts'
import { SERVICE, startWorker, type WorkerProcess } from '../../dev/runner/worker-process.ts'
import { type Engine, openEngine } from '../../dev/stack/engine.ts'
import { type Stack, startStack } from '../../dev/stack/server.ts'
import { freePort } from '../node/dev-project.ts'
import { STACK_PASSWORD, testSettings } from '../support/settings.ts'
import { endAtTheLatest } from './process.ts'

const ROOT = join(import.meta.dirname, '../..')
const START_MS = 60_000

export type Answer = { status: number; body: Record<string, unknown> }

export type Service = {
  stack: Stack
  /** The database itself, past every fault. */
  rows(sql: string): Promise<(string | null)[][]>
  ask(method: string, path: string, asked: { body?: object; from?: string; token?: string }): Promise<Answer>
  /** What the platform does once a minute. */
  cron(): Promise<void>
  /** SIGKILL: nothing is finished, nothing is said. What Durable Objects have written stays. */
  kill(): Promise<void>
  start(): Promise<void>
  stop(): Promise<void>
}

/** The Worker in its own processes, which can be killed, before a local stack that lives on. */
export async function startService(
  folder: string,
  settings: (stack: Stack) => Record<string, string>,
): Promise<Service> {
  const engine = await openEngine({})
  await migrate(engine)
  const stack = await startStack({ engine, password: STACK_PASSWORD })
  const places = await temporaryPlaces()
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const vars = { ...testSettings(stack.url, await newSigningKey('ES256', new Date(0))), ...settings(stack) }
  const log = createWriteStream(join(folder, 'worker.log'), { flags: 'a' })
  const mark = randomUUID()
  const settled = endAtTheLatest(() => {
    void endMarked(mark)
    rmSync(String(places.temporary), { recursive: true, force: true, maxRetries: 5 })
  })
  let worker: WorkerProcess | undefined

  const service: Service = {
    stack,
    rows: (text) => rowsOf(engine, text),
    ask: (method, path, { body, from, token }) => ask(`${url}${path}`, { method, body, from, token }),
    cron: async () => void (await ask(`${url}/cdn-cgi/local/scheduled?cron=*+*+*+*+*`, { method: 'GET' })),
    async kill() {
      await endMarked(mark)
      await worker?.ended
    },
    async start() {
      const onLine = (line: string) => log.write(`${line}\n`)
      const state = { configs: SERVICE, state: places.worker, places, mark }
      const options = { root: ROOT, port, https: false, vars, onLine, ...state }
      const started = startWorker(options)
      worker = started
      const answers = async () => started.hasEnded() || (await statusOf(`${url}/health/live`)) === 200
      if (!(await until(answers, START_MS)) || started.hasEnded())
        throw new Complaint(`The service does not start: see ${join(folder, 'worker.log')}.`)
    },
    async stop() {
      await worker?.stop()
      await stack.close()
      await engine.close()
      await places.leave()
      settled()
      log.end()
    },
  }
  await service.start()
  return service
}

async function rowsOf(engine: Engine, text: string) {
  return (await engine.query({ text })).rows
}

type Asked = { method: string; body?: object | undefined; from?: string | undefined; token?: string | undefined }

/** Longer than a sweep takes. */
const PATIENCE_MS = 60_000

/** Status 0: nobody answered, as while the Worker is dead. */
async function ask(address: string, { method, body, from = '203.0.113.7', token }: Asked): Promise<Answer> {
  const headers = {
    'content-type': 'application/json',
    'cf-connecting-ip': from,
    ...(token && { authorization: `Bearer ${token}` }),
  }
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS)
    const answer = await fetch(address, { method, headers, signal, ...(body && { body: JSON.stringify(body) }) })
    const text = await answer.text()
    const isJson = answer.headers.get('content-type')?.includes('json') === true
    return { status: answer.status, body: isJson ? JSON.parse(text) : {} }
  } catch {
    return { status: 0, body: {} }
  }
}

/** Fires the cron until it has happened, since that is how long an outbox may take. False when the time is up. */
export async function sweepUntil(service: Service, happened: () => boolean | Promise<boolean>, limitMs: number) {
  const deadline = performance.now() + limitMs
  while (performance.now() < deadline) {
    if (await happened()) return true
    await service.cron()
    await until(happened, 1_000)
  }
  return happened()
}
