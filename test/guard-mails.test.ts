import { describe, expect, it } from 'vitest'
import { mailing, mailsTo } from './support/mailbox.ts'
import { from, workerClient } from './support/people.ts'

describe('mails that one address causes', { timeout: 60_000 }, () => {
  it.each(['off', 'after'])('are MAX_ADDRESS_MAILS in an hour, those of registering among them (%s)', async (mode) => {
    const people = workerClient(mailing({ EMAIL_VERIFICATION: mode }))
    const boxes = Array.from({ length: 25 }, (_, n) => `stranger@box${n}.example`)
    for (const box of boxes) await people.register(box, {}, from('192.0.2.44'))
    const arrived = await Promise.all(boxes.map(mailsTo))
    expect(arrived.flat().length).toBeGreaterThan(0)
    expect(arrived.flat().length).toBeLessThanOrEqual(20)
  })
})
