import { describe, expect, it, vi } from 'vitest'
import { afterwork } from './support/after-work.ts'
import { fireCron } from './support/cron.ts'
import { complaintsSoFar } from './support/each.ts'
import { BY_CHANGED_ADDRESS, BY_DIGITS, BY_LINK, BY_MAIL, type Ending, twoSessions } from './support/endings.ts'
import { resetCode } from './support/mailbox.ts'
import { throwing } from './support/pausing.ts'
import { ANN } from './support/people.ts'
import { rowsOf } from './support/rows.ts'
import { sqlRequestsOf } from './support/switchboard.ts'

const START = Date.UTC(2030, 0, 1)
const PENDING = 'revocation_pending 1'

/** Two sessions, a code or a link, and a session object that has heard nothing of its use. */
async function pending(ending: Ending) {
  const two = await twoSessions(ending, { MAX_ADDRESS_ATTEMPTS: '20' })
  two.watch.on('UserSessions.advance', throwing)
  const stillPending = async (times = 1) => {
    for (let n = 0; n < times; n++) expect(await two.end()).toBe(PENDING)
    complaintsSoFar()
  }
  await stillPending()
  return { ...two, stillPending, heal: () => two.watch.off('UserSessions.advance') }
}

describe.each(BY_MAIL)('$title that could not end the sessions', (ending) => {
  it('6.3.1 is no wrong try, however often it is asked for again', async () => {
    const { end, stillPending, heal } = await pending(ending)
    await stillPending(11)
    heal()
    expect(await end()).toBe('done')
  })

  it('is completed also where the outbox has told the session object meanwhile', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: START })
    const { end, isOver, watch, heal } = await pending(ending)
    // The delivery that follows the answer holds the lease of the event.
    await afterwork()
    heal()
    vi.setSystemTime(START + 120_000)
    await fireCron(watch.env)
    await isOver()
    expect(await end()).toBe('done')
    expect(await end()).toBe('invalid_code')
  })

  it('answers 503 also where Postgres goes down at that moment, and then the outbox alone completes it', async () => {
    const { end, watch } = await twoSessions(ending)
    watch.watchSql()
    watch.on('UserSessions.advance', (go) => {
      watch.on('SQL', throwing)
      return throwing(go)
    })
    expect(await end()).toBe(PENDING)
    await afterwork()
    complaintsSoFar()
    watch.off('SQL')
    watch.off('UserSessions.advance')
    expect(await end()).toBe('invalid_code')
  })

  it('is over once something else has ended the sessions', async () => {
    const { end, heal } = await pending(ending)
    heal()
    await rowsOf('users', 'update users set auth_version = auth_version + 1, version = version + 1')
    expect(await end()).toBe('invalid_code')
  })

  it('repeated twice at once: one completes it, and the other does so too or comes too late', async () => {
    const { end, heal } = await pending(ending)
    heal()
    const all = await Promise.all([end(), end()])
    expect(all).toContain('done')
    expect(['done', 'invalid_code']).toEqual(expect.arrayContaining(all))
  })
})

describe('the repetition', () => {
  it.each([BY_DIGITS, BY_LINK])('of $title: with another new password it is refused', async (ending) => {
    const { end, heal } = await pending(ending)
    heal()
    expect(await end({ new_password: 'yet another horse' })).toBe('invalid_code')
    expect(await end()).toBe('done')
  })

  it.each([BY_DIGITS, BY_LINK])('of $title: 6.5.4 lives as long as a code, from its first use', async (ending) => {
    vi.useFakeTimers({ toFake: ['Date'], now: START })
    const { end, stillPending, heal } = await pending(ending)
    vi.setSystemTime(START + 599_000)
    await stillPending()
    heal()
    vi.setSystemTime(START + 601_000)
    expect(await end()).toBe('invalid_code')
    vi.setSystemTime(START + 599_000)
    expect(await end()).toBe('done')
  })

  it('of a reset by digits: with other digits it is refused', async () => {
    const { end, heal } = await pending(BY_DIGITS)
    heal()
    expect(await end({ code: 'none' })).toBe('invalid_code')
    expect(await end()).toBe('done')
  })

  it('6.3.1 of a reset by digits: it takes no try from a newer code', async () => {
    const { end, heal, watch } = await pending(BY_DIGITS)
    heal()
    await resetCode(ANN, watch.env)
    expect(await end()).toBe('done')
    expect(await rowsOf('codes where redeemed_at is null')).toMatchObject([{ tries: 0 }])
  })

  it('web-password-oracle of a reset by the link: passwords cannot be tried there without end', async () => {
    const { end, heal } = await pending(BY_LINK)
    heal()
    for (let n = 0; n < 10; n++) expect(await end({ new_password: `guess number ${n} horse` })).toBe('invalid_code')
    expect(await end()).toBe('invalid_code')
  })

  it('of a changed address: for the session that made the change, and for no other', async () => {
    const { end, other, isOver, heal } = await pending(BY_CHANGED_ADDRESS)
    heal()
    expect(await end({}, other.access_token)).toBe('invalid_code')
    expect(await end()).toBe('done')
    await isOver()
  })

  it('costs nobody who needs none a request to Postgres: one to redeem, and two to deliver the events', async () => {
    const { end } = await twoSessions(BY_DIGITS)
    expect(await sqlRequestsOf(end)).toBe(3)
  })
})
