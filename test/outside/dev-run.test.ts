import { once } from 'node:events'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { endMarked } from '../../dev/processes/mark.ts'
import { until } from '../../dev/processes/until.ts'
import { statusOf } from '../../dev/runner/ready.ts'
import { cloneProject, freePort, marks, removeProject, type Started, start } from '../node/dev-project.ts'

let root: string
let ports: { PORT: string; DEV_PORT: string }
let service: string

beforeAll(async () => {
  root = await cloneProject()
  ports = { PORT: String(await freePort()), DEV_PORT: String(await freePort()) }
  service = `http://127.0.0.1:${ports.PORT}`
})

afterAll(() => removeProject(root))

const run = (...args: string[]) => start(root, 'dev/run.ts', args, ports)

async function ready(started: Started): Promise<Started> {
  await started.ready
  return started
}

async function register(): Promise<number> {
  const answer = await fetch(`${service}/auth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'ann@example.com', password: 'a long and unusual password' }),
  })
  return answer.status
}

/** The issuer that a new token names. */
async function issuerOfTokens(): Promise<unknown> {
  const answer = await fetch(`${service}/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'ann@example.com', password: 'a long and unusual password' }),
  })
  const { access_token } = (await answer.json()) as { access_token: string }
  return decodeJwt(access_token).iss
}

async function nothingAnswers(): Promise<boolean> {
  const stack = await statusOf(`http://127.0.0.1:${ports.DEV_PORT}/`)
  return stack === undefined && (await statusOf(`${service}/health/live`)) === undefined
}

test('the first start makes the settings, the next keep them and the data whatever was killed, --reset forgets the data', async () => {
  const first = await ready(run())
  const named = (what: string, port: string) => new RegExp(`${what} +http://localhost:${port}\n`)
  expect(first.output()).toMatch(named('Service', ports.PORT))
  expect(first.output()).toMatch(named('Mail and events', ports.DEV_PORT))
  const settings = await readFile(join(root, '.dev.vars'), 'utf8')
  expect((await stat(join(root, '.dev.vars'))).mode & 0o777).toBe(0o600)
  expect(settings).not.toMatch(/=.*<.*>/)
  expect(await statusOf(`${service}/health/ready`)).toBe(200)
  expect(await register()).toBe(201)
  expect(await issuerOfTokens()).toBe(`http://localhost:${ports.PORT}`)
  expect(await until(() => first.output().includes('POST /auth/login 200'), 5_000)).toBe(true)
  // Nothing else is said: the table, a line a request, and none for what the runner asks itself.
  const said = first.output().split('\n').filter(Boolean)
  expect(said.filter((line) => !/^ {2}\S/.test(line))).toEqual([
    expect.stringMatching(/^\d\d:\d\d:\d\d GET \/health\/ready 200 \d+ ms$/),
    expect.stringMatching(/^\d\d:\d\d:\d\d POST \/auth\/register 201 \d+ ms$/),
    expect.stringMatching(/^\d\d:\d\d:\d\d POST \/auth\/login 200 \d+ ms$/),
  ])
  expect(said.length).toBeLessThan(9)
  expect(first.errors()).toBe('')
  const [log = ''] = await readdir(join(root, 'logs'))
  expect(log).toMatch(/^auth_service-\d{4}-\d\d-\d\d\.log$/)
  const lines = (await readFile(join(root, 'logs', log), 'utf8')).trim().split('\n')
  expect(lines.map((line) => JSON.parse(line)).length).toBeGreaterThan(1)

  const status = start(root, 'cli/db.ts', ['status'], {})
  expect(await status.exit).toBe(0)
  expect(status.output()).toMatch(/^applied +0000_/)
  const second = start(root, 'dev/run.ts', [], { PORT: String(await freePort()), DEV_PORT: String(await freePort()) })
  expect(await second.exit).toBe(1)
  const pid = first.child.pid
  expect(second.errors()).toBe(`Postern already runs here, as process ${pid}: http://localhost:${ports.PORT}\n`)
  const same = run('--memory')
  expect([await same.exit, same.errors()]).toEqual([1, second.errors()])

  const [mark = ''] = await marks(root)
  first.child.kill('SIGKILL')
  await endMarked(mark)
  await first.exit
  const again = await ready(run())
  expect(await register()).toBe(409)
  expect(await readFile(join(root, '.dev.vars'), 'utf8')).toBe(settings)

  // This time wrangler and workerd outlive the runner and hold its port.
  again.child.kill('SIGKILL')
  await again.exit
  const anew = await ready(run('--reset'))
  expect(await register()).toBe(201)

  anew.child.kill('SIGINT')
  expect(await anew.exit).toBe(0)
  expect(anew.output()).toMatch(/\nStopped\.\n$/)
  expect(await nothingAnswers()).toBe(true)
  expect((await readdir(join(root, '.postern'))).filter((name) => name.endsWith('.lock'))).toEqual([])
  expect(await marks(root)).toEqual([])
})

test('--memory --https keeps nothing, and the end of the parent ends it all', async () => {
  // The runner's own parent is one that dies without a word.
  const started = start(root, 'parent.mjs', ['--memory', '--https'], ports)
  await started.ready
  expect(started.output()).toContain(`https://localhost:${ports.PORT}`)
  expect(await statusOf(`https://127.0.0.1:${ports.PORT}/health/ready`)).toBe(200)
  expect(await marks(root)).toHaveLength(1)
  started.child.kill('SIGKILL')
  expect(await until(async () => (await marks(root)).length === 0, 15_000)).toBe(true)
  expect(await until(nothingAnswers, 5_000)).toBe(true)
})

test('the stack alone starts and ends like the whole', async () => {
  const started = await ready(run('--stack-only', '--memory'))
  expect(started.output()).not.toContain('Service')
  expect(await statusOf(`http://127.0.0.1:${ports.DEV_PORT}/mail.json`)).toBe(200)
  started.child.kill('SIGTERM')
  expect(await started.exit).toBe(0)
  expect(await nothingAnswers()).toBe(true)
})

async function complaint(args: string[], environment: Record<string, string>): Promise<string> {
  const started = start(root, 'dev/run.ts', args, { ...ports, ...environment })
  expect(await started.exit).toBe(1)
  expect(started.output()).toBe('')
  expect(started.errors().trim().split('\n')).toHaveLength(1)
  return started.errors()
}

test('a port in use is one clear sentence', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const taken = String((other.address() as { port: number }).port)
  expect(await complaint([], { PORT: taken })).toMatch(`Port ${taken} is in use`)
  expect(await complaint([], { DEV_PORT: taken })).toMatch(`Port ${taken} is in use`)
  other.close()
})

test.each<[string, string[], Record<string, string>, RegExp]>([
  ['an unknown flag', ['--rest'], {}, /Unknown option '--rest'\. Known are/],
  ['a stray word', ['reset'], {}, /reset/],
  ['a database that is no address', ['--database', 'here'], {}, /--database takes an address/],
  [
    'a database that is forgotten and kept',
    ['--database', 'postgres://a:b@localhost/c', '--reset'],
    {},
    /cannot be used with/,
  ],
  ['a port that is none', [], { PORT: '99999' }, /PORT must be a port/],
  ['one port for both', [], { PORT: '4000', DEV_PORT: '4000' }, /PORT and DEV_PORT are both 4000/],
  [
    'a server that is not there',
    ['--database', 'postgres://a:b@127.0.0.1:1/c', '--stack-only'],
    {},
    /cannot be prepared/,
  ],
])('%s is one clear sentence', async (_, args, environment, sentence) => {
  expect(await complaint(args, environment)).toMatch(sentence)
})

test('a setting that is wrong is named, and its value is not', async () => {
  const path = join(root, '.dev.vars')
  const good = await readFile(path, 'utf8')
  await writeFile(path, good.replace(/^SECRET_KEY=.*$/m, 'SECRET_KEY="too-short-to-be-good"'))
  const said = await complaint([], {})
  expect(said).toMatch(/SECRET_KEY/)
  expect(said).not.toMatch(/too-short-to-be-good/)
  await writeFile(path, good.replace(/^DATABASE_URL=.*$/m, 'DATABASE_URL="postgres://postern@localhost/postern"'))
  expect(await complaint([], {})).toMatch(/DATABASE_URL in \.dev\.vars needs a password/)
  await writeFile(path, good)
})
