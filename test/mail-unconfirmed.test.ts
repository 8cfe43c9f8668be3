import { describe, expect, it } from 'vitest'
import { afterwork } from './support/after-work.ts'
import { postJson } from './support/api.ts'
import { pass } from './support/clock.ts'
import { mailing, mailsTo } from './support/mailbox.ts'
import { ANN, bearer, from, PASSWORD, register, registerAndLogIn, workerClient } from './support/people.ts'
import { sql } from './support/rows.ts'

const OTHER = 'another horse battery'
/** How often an account may change, or have its password checked, is looked at elsewhere. */
const MAILING = mailing({ MAX_ACCOUNT_CHANGES: '1000', MAX_ACCOUNT_CHECKS: '1000' })
const people = workerClient(MAILING)

async function changePasswords(token: string, times: number) {
  let [current, next] = [PASSWORD, OTHER]
  for (let at = 0; at < times; at += 1) {
    expect((await people.changePassword(token, next, current)).status).toBe(204)
    await afterwork()
    ;[current, next] = [next, current]
  }
}

const changeEmail = (token: string, email: string, address: string) =>
  postJson('/auth/email/change', { email, password: PASSWORD }, { ...bearer(token), ...from(address) }, MAILING)

const confirmed = () => sql()`update users set email_verified_at = now()`

describe('an address that nobody has confirmed', { timeout: 60_000 }, () => {
  it('gets no more than its share of the mails that a stranger with an account causes', async () => {
    pass({ seconds: 0 })
    const { access_token } = await registerAndLogIn()
    await changePasswords(access_token, 30)
    const arrived = (await mailsTo(ANN)).length
    expect(arrived).toBeGreaterThan(0)
    expect(arrived).toBeLessThanOrEqual(11)
    for (let at = 0; at < 30; at += 1) {
      expect((await changeEmail(access_token, `new${at}@new.example`, `198.51.100.${at}`)).status).toBe(202)
    }
    expect((await mailsTo(ANN)).length).toBeLessThanOrEqual(11)
  })

  it('gets what its deleted accounts cause no more than its share either', async () => {
    pass({ seconds: 0 })
    for (let at = 0; at < 14; at += 1) {
      await register()
      const { access_token } = await people.logIn()
      expect((await people.deleteAccount(access_token)).status).toBe(204)
    }
    expect((await mailsTo(ANN)).length).toBeLessThanOrEqual(11)
  })

  it('an owner who has confirmed it gets every notice', async () => {
    const { access_token } = await registerAndLogIn()
    await confirmed()
    await changePasswords(access_token, 14)
    expect(await mailsTo(ANN)).toHaveLength(14)
  })

  it('counts in all mails as well, and what was asked for is not counted twice', async () => {
    const scarce = mailing({ MAX_MAILS_PER_HOUR: '3', EMAIL_VERIFICATION: 'after' })
    await workerClient(scarce).register(ANN)
    const again = () => postJson('/auth/email/send-code', { email: ANN }, from('203.0.113.8'), scarce)
    await again()
    await workerClient(scarce).register('bob@example.com')
    expect([(await mailsTo(ANN)).length, (await mailsTo('bob@example.com')).length]).toEqual([2, 1])
    await workerClient(scarce).register('cid@example.com')
    await again()
    expect([(await mailsTo(ANN)).length, (await mailsTo('cid@example.com')).length]).toEqual([2, 0])
  })
})

describe('mails that one address causes', { timeout: 60_000 }, () => {
  it.each(['off', 'after'])('are MAX_ADDRESS_MAILS in an hour, those of registering among them (%s)', async (mode) => {
    const registering = workerClient(mailing({ EMAIL_VERIFICATION: mode }))
    const boxes = Array.from({ length: 25 }, (_, n) => `stranger@box${n}.example`)
    for (const box of boxes) await registering.register(box, {}, from('192.0.2.44'))
    const arrived = await Promise.all(boxes.map(mailsTo))
    expect(arrived.flat().length).toBeGreaterThan(0)
    expect(arrived.flat().length).toBeLessThanOrEqual(20)
  })
})
