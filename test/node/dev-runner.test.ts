import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lockDirectory } from '../../cli/database/lock.ts'
import { identify, isAlive } from '../../dev/processes/identity.ts'
import { readArguments } from '../../dev/runner/args.ts'
import { cronsIn, fireCrons } from '../../dev/runner/cron.ts'
import { openDailyLog } from '../../dev/runner/daily-log.ts'
import { movedAddresses, readDevVars } from '../../dev/runner/dev-vars.ts'
import { remarksOn } from '../../dev/runner/dev-vars-names.ts'
import { requireHeard } from '../../dev/runner/npm-flags.ts'
import { openEngine } from '../../dev/stack/engine.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postern-runner-'))
})
afterEach(() => rm(folder, { recursive: true }))

test('the flags', () => {
  const nothing = { stackOnly: false, reset: false, memory: false, https: false, example: false, database: undefined }
  expect(readArguments([])).toEqual(nothing)
  expect(readArguments(['--reset', '--https'])).toEqual({ ...nothing, reset: true, https: true })
  const database = 'postgres://a:b@localhost/c'
  expect(readArguments(['--database', database, '--stack-only'])).toEqual({ ...nothing, database, stackOnly: true })
})

test('.dev.vars gets a secret for each <…>, once', async () => {
  await writeFile(
    join(folder, '.dev.vars.example'),
    `# <word>\nA="x<secret>"\nB="<password>"\nC='<signing key>'\nD="plain"\n`,
  )
  const made = await readDevVars(folder)
  expect(made).toEqual({
    A: expect.stringMatching(/^x[\w-]{43}$/),
    B: expect.stringMatching(/^[\w-]{32}$/),
    C: expect.stringContaining('"kty":"EC"'),
    D: 'plain',
  })
  expect(await readDevVars(folder)).toEqual(made)
  await writeFile(join(folder, '.dev.vars'), 'A=mine\n')
  expect(await readDevVars(folder)).toEqual({ A: 'mine' })
})

test('a name that is no setting is told with its line and what it may have been, and its value is not', () => {
  const text = [
    '# Mail',
    'MAIL_FORM="SECRET-a"',
    'export MAIL_FROM=SECRET-b # MAIL_FORM=SECRET',
    '',
    "SIGNING_KEY_1='{",
    'NO_SETTING=SECRET, in the middle of a value',
    "}'",
    '  breach_check = "on"',
    'SECRET-c without a name',
    'WHOLLY_UNKNOWN=SECRET-d',
    'PORT=4000',
    'U0VDUkVULWU=',
    'KNOWN_NETWORKS="SECRET-f',
  ].join('\n')
  expect(remarksOn(text)).toEqual([
    '.dev.vars, line 2: MAIL_FORM is no setting; did you mean MAIL_FROM?',
    '.dev.vars, line 8: breach_check is no setting; did you mean BREACH_CHECK?',
    '.dev.vars, line 9 is no setting: NAME="value" is expected.',
    '.dev.vars, line 10: WHOLLY_UNKNOWN is no setting.',
    '.dev.vars, line 11: PORT is no setting of the service; type it before the command: PORT=… npm run dev',
    '.dev.vars, line 12 is no setting: NAME="value" is expected.',
    '.dev.vars, line 13: the quote of KNOWN_NETWORKS does not end.',
  ])
  expect(remarksOn(text).join()).not.toMatch(/SECRET|4000|U0V/)
})

test('a flag that npm kept is named, with what to type', () => {
  const heard = (environment: Record<string, string>, ...args: string[]) => requireHeard(args, environment)
  const dev = { npm_lifecycle_event: 'dev' }
  expect(() => heard({ ...dev, npm_config_reset: 'true' })).toThrow(
    'npm kept --reset for itself, so nothing was started. Type: npm run dev -- --reset',
  )
  const two = { npm_lifecycle_event: 'stack', npm_config_memory: 'true', npm_config_database: 'postgres://a:b@c/d' }
  expect(() => heard(two, 'postgres://a:b@c/d')).toThrow('Type: npm run stack -- --memory --database postgres://…')
  expect(() => heard({ ...dev, npm_config_reset: 'true' }, '--reset')).not.toThrow()
  expect(() => heard({ ...dev, npm_config_memory: '' })).not.toThrow()
  expect(() => heard({ npm_lifecycle_event: 'test', npm_config_reset: 'true' })).not.toThrow()
})

test('addresses follow the ports, and only those of this machine do', () => {
  const vars = {
    ISSUER: 'http://localhost:8787',
    DATABASE_HTTP_URL: 'http://127.0.0.1:8788/sql',
    DATABASE_URL: 'postgres://a:b@localhost/c',
    RESEND_BASE_URL: 'https://api.resend.com',
    OTHER: 'http://localhost:87870/',
    PUBLIC_URL: 'https://localhost:8787',
  }
  const ports = { worker: 4000, stack: 4001 }
  expect(movedAddresses(vars, ports, false)).toEqual({
    ISSUER: 'http://localhost:4000',
    DATABASE_HTTP_URL: 'http://127.0.0.1:4001/sql',
    PUBLIC_URL: 'http://localhost:4000',
  })
  expect(movedAddresses(vars, { worker: 8787, stack: 8788 }, false)).toEqual({ PUBLIC_URL: 'http://localhost:8787' })
  expect(movedAddresses(vars, { worker: 8787, stack: 8788 }, true)).toEqual({ ISSUER: 'https://localhost:8787' })
})

test('cron triggers are read from the configuration and fired one at a time', async () => {
  const toml = `[triggers]\n# crons = ["1 1 1 1 1"]\ncrons = [\n  "* * * * *", # each minute\n  '0 3 * * *',\n]\n`
  expect(cronsIn(toml)).toEqual(['* * * * *', '0 3 * * *'])
  expect(cronsIn('name = "postern"\n')).toEqual([])

  await writeFile(join(folder, 'wrangler.toml'), toml)
  const asked: string[] = []
  let together = 0
  let most = 0
  const enough = Promise.withResolvers<void>()
  const server = createServer((request, answer) => {
    asked.push(request.url ?? '')
    most = Math.max(most, ++together)
    if (asked.length === 6) enough.resolve()
    setTimeout(() => {
      together--
      answer.end('ok')
    }, 30)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  const stop = await fireCrons(join(folder, 'wrangler.toml'), `http://127.0.0.1:${port}`, 10)
  await enough.promise
  stop()
  server.close()
  expect(new Set(asked)).toEqual(
    new Set(['* * * * *', '0 3 * * *'].map((cron) => `/cdn-cgi/local/scheduled?cron=${encodeURIComponent(cron)}`)),
  )
  expect(most).toBe(2)
})

test('the log has one file a day and forgets after two weeks', async () => {
  let now = new Date('2026-03-01T23:59:59Z')
  const logs = join(folder, 'logs')
  await mkdir(logs)
  for (const old of ['auth_service-2026-02-14.log', 'auth_service-2026-02-16.log', 'notes-2020-01-01.log'])
    await writeFile(join(logs, old), '')
  const log = openDailyLog(logs, () => now)
  log.write('{"level":"info"}')
  log.write('[wrangler:info] GET / 200 OK')
  log.write('{ not JSON')
  now = new Date('2026-03-02T00:00:01Z')
  log.write('{"level":"error"}')
  expect(await readdir(logs)).toEqual([
    'auth_service-2026-02-16.log',
    'auth_service-2026-03-01.log',
    'auth_service-2026-03-02.log',
    'notes-2020-01-01.log',
  ])
  expect(await readFile(join(logs, 'auth_service-2026-03-01.log'), 'utf8')).toBe('{"level":"info"}\n')
})

test('one process at a time holds a directory, and a dead one holds nothing', async () => {
  const directory = join(folder, 'data')
  const release = await lockDirectory(directory)
  await expect(lockDirectory(directory)).rejects.toThrow(`is in use by process ${process.pid}.`)
  await release()

  const { pid, startedAt } = identify(process.pid)
  for (const left of [
    JSON.stringify({ pid, startedAt: 'another time' }),
    JSON.stringify({ pid: 2 ** 22 + 1, startedAt }),
    'half a',
  ])
    await writeFile(`${directory}.lock`, left).then(async () => (await lockDirectory(directory))())
  expect(isAlive({ pid, startedAt })).toBe(true)
})

test('the embedded database keeps its rows, and is opened once', async () => {
  const directory = join(folder, 'pg')
  const first = await openEngine({ directory })
  await expect(openEngine({ directory })).rejects.toThrow(/is in use by process/)
  await first.batch([{ text: 'create table kept (id int)' }, { text: 'insert into kept values (7)' }])
  await first.close()
  const second = await openEngine({ directory })
  expect((await second.query({ text: 'select id from kept' })).rows).toEqual([['7']])
  await second.close()
})
