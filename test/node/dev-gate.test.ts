import { request } from 'node:http'
import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Stack, startStack } from '../../dev/stack/server.ts'
import { emptyDatabase } from './dev-engine.ts'

const password = 'right-password'
let database: Awaited<ReturnType<typeof emptyDatabase>>
let stack: Stack

beforeAll(async () => {
  database = await emptyDatabase()
  stack = await startStack({ engine: database.engine, password })
})

afterAll(async () => {
  await stack.close()
  await database.drop()
})

type Sent = { method?: string; path?: string; headers?: Record<string, string>; body?: string }

const asDriver = {
  'content-type': 'application/json',
  'neon-connection-string': `postgres://postern:${password}@localhost/postern`,
  'neon-raw-text-output': 'true',
}

/** `fetch` would not let a caller choose Host or Origin; a browser under attack does. */
function send({ method = 'POST', path = '/sql', headers = {}, body = '{"query":"select 1"}' }: Sent): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port: stack.port, method, path, headers, agent: false }, (answer) => {
      answer.resume()
      resolve(answer.statusCode ?? 0)
    })
    asked.on('error', reject)
    asked.end(method === 'POST' ? body : undefined)
  })
}

const reading = ['/', '/page.js', '/mail.json', '/events.json']

test('the driver gets in by both names, and so does the page of the stack itself', async () => {
  expect(await send({ headers: asDriver })).toBe(200)
  for (const host of [`localhost:${stack.port}`, `LOCALHOST:${stack.port}`, `127.0.0.1:${stack.port}`])
    expect(await send({ headers: { ...asDriver, host } })).toBe(200)
  const ownPage = { origin: `http://localhost:${stack.port}`, 'sec-fetch-site': 'same-origin' }
  for (const path of reading) expect(await send({ method: 'GET', path, headers: ownPage })).toBe(200)
  expect(await send({ method: 'GET', path: '/', headers: { 'sec-fetch-site': 'none' } })).toBe(200)
})

test.each(['http://evil.example', 'null', 'https://localhost', 'http://localhost', 'http://localhost:1', ''])(
  'a page of the origin "%s" is refused everywhere',
  async (origin) => {
    expect(await send({ headers: { ...asDriver, origin } })).toBe(403)
    for (const path of reading) expect(await send({ method: 'GET', path, headers: { origin } })).toBe(403)
  },
)

test.each(['cross-site', 'same-site', 'nonsense'])('a browser that says "%s" is refused everywhere', async (site) => {
  const headers = { 'sec-fetch-site': site }
  expect(await send({ headers: { ...asDriver, ...headers } })).toBe(403)
  for (const path of ['/emails', '/produce'])
    expect(await send({ path, headers: { ...asDriver, ...headers } })).toBe(403)
  for (const path of reading) expect(await send({ method: 'GET', path, headers })).toBe(403)
})

test.each([
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'text/plain',
  'text/plain; application/json',
  '',
])('a form with the content type "%s" is refused, which is all that a page can send unasked', async (contentType) => {
  const headers: Record<string, string> = { ...asDriver, 'content-type': contentType }
  for (const path of ['/sql', '/emails', '/produce']) expect(await send({ path, headers })).toBe(415)
})

test('no preflight is ever granted', async () => {
  const headers = { origin: 'http://evil.example', 'access-control-request-method': 'POST' }
  expect(await send({ method: 'OPTIONS', headers })).toBe(403)
  const answer = await fetch(stack.url, { method: 'OPTIONS' })
  expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
})

test.each([
  'evil.example',
  'evil.example:8788',
  'localhost',
  '127.0.0.1',
  '127.0.0.1:1',
  'localhost.evil.example:8788',
  '[::1]:8788',
])('a name rebound to this machine, "%s", finds nobody', async (host) => {
  const rebound = { origin: `http://${host}`, 'sec-fetch-site': 'same-origin', host }
  expect(await send({ headers: { ...asDriver, ...rebound } })).toBe(421)
  for (const path of reading) expect(await send({ method: 'GET', path, headers: { host } })).toBe(421)
})

test.each([
  ['another', 'postgres://postern:wrong@localhost/postern'],
  ['a longer', `postgres://postern:${password}x@localhost/postern`],
  ['no', 'postgres://postern@localhost/postern'],
  ['an empty', 'postgres://postern:@localhost/postern'],
  ['an unreadable', 'postgres://%zz:%zz@'],
])('%s password opens no database', async (_, connectionString) => {
  expect(await send({ headers: { ...asDriver, 'neon-connection-string': connectionString } })).toBe(401)
})

test('a request without a connection string opens none either', async () => {
  const { 'neon-connection-string': _, ...headers } = asDriver
  expect(await send({ headers })).toBe(401)
})

test('broken, foreign and endless requests are answered, and the stack goes on', async () => {
  expect(await send({ headers: asDriver, body: '{' })).toBe(400)
  expect(await send({ headers: asDriver, body: '' })).toBe(400)
  expect(await send({ method: 'GET', path: '/sql' })).toBe(404)
  expect(await send({ method: 'GET', path: '/mail/../../package.json' })).toBe(404)
  expect(await send({ headers: asDriver, body: `"${'x'.repeat(17 * 1024 * 1024)}"` }).catch(() => 413)).toBe(413)
  expect(await send({ headers: asDriver })).toBe(200)
})

const outside = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ internal, family }) => !internal && family === 'IPv4')

test.skipIf(outside === undefined)('nobody answers at the address that other machines see', async () => {
  const reached = await new Promise<boolean>((resolve) => {
    const socket = connect(stack.port, outside?.address ?? '', () => resolve(true)).on('error', () => resolve(false))
    socket.unref()
  })
  expect(reached).toBe(false)
})
