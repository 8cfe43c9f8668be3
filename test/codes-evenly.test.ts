import { describe, expect, it } from 'vitest'
import { evenly } from '../src/features/codes/evenly.ts'
import { postJson } from './support/api.ts'
import { mailing } from './support/mailbox.ts'
import { register } from './support/people.ts'

const timed = async (work: () => Promise<unknown>) => {
  const begun = Date.now()
  await work()
  return Date.now() - begun
}
const CLOCK = { now: () => new Date() }
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

describe('6.3.8 asking for a code', { timeout: 30_000 }, () => {
  it.each(['/auth/password/forgot', '/auth/email/send-code'])('takes as long for all: %s', async (path) => {
    await register()
    for (const email of ['ann@example.com', 'nobody@example.com']) {
      expect(await timed(() => postJson(path, { email }, {}, mailing()))).toBeGreaterThanOrEqual(190)
    }
  })

  it('takes the same for a little work and for a little more, and a failure as long as a success', async () => {
    const failing = async () => {
      await wait(30)
      throw new Error('down')
    }
    const times = [
      await timed(() => evenly(CLOCK, () => wait(5))),
      await timed(() => evenly(CLOCK, () => wait(60))),
      await timed(() => evenly(CLOCK, failing).catch(() => undefined)),
    ]
    for (const time of times) expect(time).toBeGreaterThanOrEqual(190)
    await expect(evenly(CLOCK, failing)).rejects.toThrow('down')
  })
})
