import { readFile } from 'node:fs/promises'
import { stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type BareWorkerd, startWorkerd } from '../node/bare-workerd.ts'

const worker = `
  import { scrypt } from 'node:crypto'
  import { promisify } from 'node:util'
  import { hashQueue } from 'hash-queue.ts'
  const queue = hashQueue({ maxWaiting: 16, maxWaitMs: 20_000, restMs: 0, now: Date.now })
  const seen = { asked: 0, running: 0, most: 0, done: 0 }
  const hash = async () => {
    seen.most = Math.max(seen.most, ++seen.running)
    await promisify(scrypt)('password', 'salt', 32, { N: 2 ** 14, r: 8, p: 3 })
    seen.running--
    seen.done++
    return new Response('done')
  }
  export default {
    async fetch(request) {
      if (new URL(request.url).pathname === '/seen') return Response.json(seen)
      seen.asked++
      return queue(hash, { signal: request.signal }).catch((error) => new Response(error.name, { status: 503 }))
    },
  }`

const source = async (file: string) =>
  stripTypeScriptTypes(await readFile(join(import.meta.dirname, '../../src/crypto', file), 'utf8'))

const modules = async () => ({
  'hash-queue.ts': await source('hash-queue.ts'),
  'fair-line.ts': await source('fair-line.ts'),
})

let workerd: BareWorkerd | undefined

async function start(flags: string[]): Promise<BareWorkerd> {
  workerd = await startWorkerd({ worker, ...(await modules()) }, flags)
  return workerd
}

const seenBy = async ({ get }: BareWorkerd) => JSON.parse((await get('/seen').answer).text) as Record<string, number>

afterEach(async () => {
  await workerd?.stop()
  workerd = undefined
})

describe('the line before the hash, between requests', () => {
  it('is bounded under a burst of 50, and whoever comes back gets in', async () => {
    const running = await start([])
    let [missing, served, refused] = [50, 0, 0]
    while (missing > 0) {
      const answers = await Promise.all(Array.from({ length: missing }, () => running.get('/').answer))
      const done = answers.filter(({ status }) => status === 200).length
      for (const { status, text } of answers)
        expect([status, text]).toEqual(status === 200 ? [200, 'done'] : [503, 'QueueFull'])
      served += done
      refused += missing - done
      missing -= done
    }
    expect(refused).toBeGreaterThan(0)
    expect(await seenBy(running)).toEqual({ asked: served + refused, running: 0, most: 1, done: 50 })
  })

  it.each([
    ['with a signal', ['enable_request_signal']],
    ['without a signal', []],
  ])('wastes no hash and holds nobody up when callers go away, %s', async (_, flags) => {
    const running = await start(flags)
    const callers = Array.from({ length: 12 }, () => running.get('/'))
    await vi.waitFor(async () => expect((await seenBy(running)).asked).toBe(12))
    const gone = callers.slice(6, 11)
    for (const caller of gone) caller.cut()
    const answers = await Promise.all(callers.map(({ answer }) => answer))
    expect(answers.map(({ text }) => text)).toEqual([...Array(6).fill('done'), ...Array(5).fill('cut'), 'done'])
    expect(await seenBy(running)).toEqual({ asked: 12, running: 0, most: 1, done: 7 })
    expect(await running.get('/').answer).toEqual({ status: 200, text: 'done' })
  })
})
