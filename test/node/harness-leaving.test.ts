import http from 'node:http'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { clientAt } from '../../bench/support/client.ts'
import { cpuDuring } from '../../bench/support/cpu.ts'
import { posternWith, startDatabase } from '../../bench/support/postern.ts'
import { serve, type Workerd } from '../../bench/support/workerd.ts'
import { sharedBuild } from '../support/harness.ts'

const ann = { username: 'ann@example.com', password: 'correct horse battery' }

let database: Awaited<ReturnType<typeof startDatabase>>
let workerd: Workerd

// Without wrangler's proxy, which would keep from the Worker that its caller is gone; with hashes of full cost, so there is a line.
beforeAll(async () => {
  database = await startDatabase()
  workerd = await serve({ postern: await posternWith(await sharedBuild(), database) })
  const { status } = await ask('203.0.113.1')('/auth/register', { email: ann.username, password: ann.password })
  expect(status).toBe(201)
})

afterAll(async () => {
  await workerd.stop()
  await database.close()
})

const ask = (address: string) => clientAt(workerd.port('postern'), address)
const logIn = async (address: string) => (await ask(address)('/auth/login', ann)).status

/** Asks for a log-in and resets the connection when told to, as a browser does when its page is loaded again. */
function impatient(address: string) {
  const answer = Promise.withResolvers<number | 'gone'>()
  const headers = { 'content-type': 'application/json', 'cf-connecting-ip': address }
  const place = { host: '127.0.0.1', port: workerd.port('postern'), path: '/auth/login', agent: false }
  const sent = http.request({ ...place, method: 'POST', headers }, (response) => {
    response.resume()
    answer.resolve(response.statusCode ?? 0)
  })
  sent.on('error', () => answer.resolve('gone'))
  sent.end(JSON.stringify(ann))
  return { answer: answer.promise, leave: () => sent.socket?.resetAndDestroy() }
}

const locksIn = async (address: string) => (await ask(address)('/auth/login', ann)).status === 429

it('whoever leaves the line costs no hash, and five who left have blocked nobody', async () => {
  const one = await cpuDuring(workerd.pid, () => logIn('203.0.113.1'))
  const six = await cpuDuring(workerd.pid, async () => {
    const first = [logIn('203.0.113.1'), logIn('203.0.113.2')]
    const others = Array.from({ length: 5 }, () => impatient('203.0.113.77'))
    // All five are reserved: there is no room for a sixth.
    await vi.waitUntil(() => locksIn('203.0.113.77'), { interval: 10 })
    for (const other of others) other.leave()
    expect(await Promise.all(others.map(({ answer }) => answer))).toEqual(Array(5).fill('gone'))
    expect(await Promise.all(first)).toEqual([200, 200])
  })
  expect(six / one).toBeLessThan(4.5)
  expect(await logIn('203.0.113.77')).toBe(200)
})
