import { writeSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../../dev/processes/until.ts'
import { cloneProject, freePort, removeProject, start } from '../node/dev-project.ts'

// What one caller can do to everybody else, against `npm run dev` as it is: the cost of a password is that of production.

const PASSWORD = 'a long and unusual password'
const PATIENCE_MS = 120_000
const table: string[] = []

let root: string
let service: string
let stack: string
let running: ReturnType<typeof start>

beforeAll(async () => {
  root = await cloneProject()
  const ports = { PORT: String(await freePort()), DEV_PORT: String(await freePort()) }
  service = `http://127.0.0.1:${ports.PORT}`
  stack = `http://127.0.0.1:${ports.DEV_PORT}`
  running = start(root, 'dev/run.ts', ['--memory'], ports)
  await running.ready
})

afterAll(async () => {
  running.child.kill('SIGTERM')
  await running.exit
  await removeProject(root)
  writeSync(1, `\n${table.join('\n')}\n`)
})

function found(what: string, figure: string | number) {
  table.push(`${what}: ${figure}`)
}

type Asked = { from?: string; token?: string; method?: string }

const ask = (path: string, body: object, { from = '203.0.113.7', token, method = 'POST' }: Asked = {}) =>
  fetch(service + path, {
    method,
    headers: {
      'content-type': 'application/json',
      'cf-connecting-ip': from,
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  })

async function register(email: string, from?: string, fields: object = {}): Promise<void> {
  const answer = await ask('/auth/register', { email, password: PASSWORD, ...fields }, { ...(from && { from }) })
  expect(answer.status).toBe(201)
}

type Tokens = { access_token: string; device_token: string }

async function logIn(username: string, from: string, fields: object = {}): Promise<{ status: number } & Tokens> {
  const answer = await ask('/auth/login', { username, password: PASSWORD, ...fields }, { from })
  return { status: answer.status, ...((await answer.json()) as Tokens) }
}

type Mail = { subject: string; text: string }
const mailsTo = async (address: string) =>
  (await (await fetch(`${stack}/mail.json?to=${encodeURIComponent(address)}`)).json()) as Mail[]

/** Why anybody was told to come again, from the service's own log. */
async function reasons(): Promise<string> {
  const files = await readdir(join(root, 'logs'))
  const texts = await Promise.all(files.map((file) => readFile(join(root, 'logs', file), 'utf8')))
  const refused = texts.join('\n').match(/"status":503,"ms":\d+|"reason":"[^"]*"/g) ?? []
  return refused.slice(-40).join('\n')
}

/** So many callers who go on until they are told to stop. */
function crowd(count: number, one: (n: number) => Promise<unknown>) {
  let over = false
  const loop = async (n: number) => {
    while (!over) await one(n)
  }
  const loops = Promise.all(Array.from({ length: count }, (_, n) => loop(n)))
  return async () => {
    over = true
    await loops
  }
}

describe('what one caller can do to everybody else', () => {
  it('a crowd of eighteen right log-ins by one account: at least nine of ten others get in', async () => {
    await register('crowd@example.com')
    const others = Array.from({ length: 10 }, (_, n) => `other${n}@example.com`)
    for (const [n, other] of others.entries()) await register(other, `192.0.2.${n + 1}`)
    const devices: string[] = []
    for (let n = 0; n < 4; n++) devices.push((await logIn('crowd@example.com', '198.51.100.1')).device_token)
    const stop = crowd(18, (n) => logIn('crowd@example.com', '198.51.100.1', { device_token: devices[n % 4] }))
    const statuses: number[] = []
    for (const [n, other] of others.entries()) statuses.push((await logIn(other, `192.0.2.${n + 1}`)).status)
    await stop()
    const let_in = statuses.filter((status) => status === 200).length
    found('log-ins of others during a crowd of eighteen', `${let_in} of 10 (${statuses.join(' ')})`)
    expect(let_in, await reasons()).toBeGreaterThanOrEqual(9)
  })

  it('six loops of right log-ins: a reset mail comes within five seconds', async () => {
    const owner = 'owner@example.com'
    await register(owner, '198.51.100.3')
    let loggedIn = 0
    const stop = crowd(6, async (n) => {
      const { status } = await logIn(owner, `198.51.100.${n + 30}`)
      if (status === 200) loggedIn += 1
    })
    // Until each of them has pushed sessions out of the account a few times.
    await until(() => loggedIn > 30, PATIENCE_MS)
    const asked = Date.now()
    expect((await ask('/auth/password/forgot', { email: owner }, { from: '192.0.2.90' })).status).toBe(202)
    const came = async () => (await mailsTo(owner)).some(({ text }) => /^ {4}\d{6}$/m.test(text))
    await until(came, PATIENCE_MS)
    const seconds = (Date.now() - asked) / 1000
    await stop()
    found('seconds until a reset mail during six loops of log-ins', seconds.toFixed(1))
    expect(seconds).toBeLessThan(5)
  })
})
