import { describe, expect, it, vi } from 'vitest'
import { afterwork } from './support/after-work.ts'
import { postJson } from './support/api.ts'
import { complaintsSoFar } from './support/each.ts'
import {
  digitsIn,
  lastMailTo,
  linkIn,
  mailing,
  mailsSoFar,
  mailsTo,
  RESET_URL,
  tokenIn,
  withLinks,
} from './support/mailbox.ts'
import { goingOn, oneAfterAnother, pause } from './support/pausing.ts'
import { ANN, codeOf, from, PASSWORD, register } from './support/people.ts'
import { breakEndpoint, healEverything, holding } from './support/switchboard.ts'
import { wrapped } from './support/wrapped-env.ts'

const env = withLinks()

const forget = (email: string, address = '203.0.113.7', bindings = env, headers = {}) =>
  postJson('/auth/password/forgot', { email }, { ...from(address), ...headers }, bindings)

const resetMailsTo = async (address: string) => (await mailsTo(address)).filter(({ text }) => digitsIn({ text }) !== '')

describe('a forgotten password', () => {
  it('is answered with a mail of six digits and, with RESET_URL, a link with 256 bits behind the #', async () => {
    await register()
    expect((await forget(ANN)).status).toBe(202)
    const mail = await lastMailTo(ANN)
    expect(digitsIn(mail)).toMatch(/^\d{6}$/)
    expect(linkIn(mail).startsWith(`${RESET_URL}#token=`)).toBe(true)
    expect(tokenIn(mail)).toMatch(/^[\w-]{43}$/)
    expect(mail.html).toContain(digitsIn(mail))
  })

  it('has no link without RESET_URL', async () => {
    await register()
    await forget(ANN, '203.0.113.7', mailing())
    expect(linkIn(await lastMailTo(ANN))).toBe('')
  })

  it('CODE_LENGTH says how many digits', async () => {
    await register()
    await forget(ANN, '203.0.113.7', mailing({ CODE_LENGTH: '9' }))
    expect(digitsIn(await lastMailTo(ANN))).toMatch(/^\d{9}$/)
  })

  it('6.3.8 forgot: a known and an unknown address get one answer, at the cost of one SQL request each', async () => {
    await register()
    await afterwork()
    const watch = wrapped()
    const { cue, goOn } = pause()
    watch.watchSql()
    const ask = async (email: string) => {
      // Its own request, and no other before it is answered.
      watch.on('SQL', oneAfterAnother(goingOn, cue))
      const answer = await forget(email, '203.0.113.7', env, { 'cf-ray': '0123456789abcdef' })
      return [answer.status, [...answer.headers], await answer.text()]
    }
    const unknown = await ask('nobody@example.com')
    expect(watch.calls).toEqual(['SQL'])
    expect(await ask(ANN)).toEqual(unknown)
    goOn()
    expect(await resetMailsTo(ANN)).toHaveLength(1)
    expect(await mailsTo('nobody@example.com')).toEqual([])
  })

  it('the answer waits for no sink: it is out while the mail service still says nothing', async () => {
    await register()
    await holding(async () => {
      const answer = await forget(ANN, '203.0.113.7', withLinks({ RESEND_BASE_URL: 'http://held.test' }))
      expect(answer.status).toBe(202)
      expect(await mailsSoFar(ANN)).toEqual([])
    })
    expect(await resetMailsTo(ANN)).toHaveLength(1)
  })

  it('reset-link-host links come from the settings, whatever Host and X-Forwarded-Host say (GHSA-3529-5m8x-rpv3)', async () => {
    await register()
    await forget(ANN, '203.0.113.7', env, {
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
      forwarded: 'host=evil.example',
      origin: 'https://evil.example',
    })
    const mail = await lastMailTo(ANN)
    expect(JSON.stringify(mail)).not.toContain('evil')
    expect(new URL(linkIn(mail)).origin).toBe(new URL(RESET_URL).origin)
  })

  it.each([
    ['CR and LF', 'ann@example.com\r\nBcc: eve@evil.example'],
    ['a comma', 'ann@example.com,eve@evil.example'],
    ['a second address', 'ann@example.com eve@evil.example'],
    ['two at signs', 'ann@example.com@evil.example'],
    ['a name around it', 'Ann <ann@example.com>'],
    ['a list', ['ann@example.com', 'eve@evil.example']],
  ])('1.3.11 an address with %s is refused, and nobody gets a mail (next-auth CVE-2022-35924)', async (_, email) => {
    await register()
    const refused = await postJson('/auth/password/forgot', { email }, {}, env)
    expect(await codeOf(refused)).toBe('422 invalid_body')
    expect(await mailsTo('eve@evil.example')).toEqual([])
    expect(await resetMailsTo(ANN)).toEqual([])
  })

  it('mails three times in a quarter of an hour, and answers more often than it mails', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2030, 0, 1) })
    await register()
    for (const last of [1, 2, 3, 4, 5]) expect((await forget(ANN, `203.0.113.${last}`)).status).toBe(202)
    expect(await resetMailsTo(ANN)).toHaveLength(3)
    vi.setSystemTime(Date.UTC(2030, 0, 1, 0, 15, 1))
    await forget(ANN)
    expect(await resetMailsTo(ANN)).toHaveLength(4)
  })

  it('twenty at once mail three times at most', async () => {
    await register()
    await Promise.all(Array.from({ length: 20 }, (_, at) => forget(ANN, `203.0.113.${at}`)))
    expect((await resetMailsTo(ANN)).length).toBeLessThanOrEqual(3)
  })

  it('6.4.3 a mailbox that a stranger has filled by registering with tags gets it all the same', async () => {
    const two = withLinks({ MAX_MAILBOX_MAILS: '2' })
    await register()
    for (const tag of ['a', 'b', 'c', 'd']) {
      const tagged = { email: `ann+${tag}@example.com`, password: PASSWORD }
      expect((await postJson('/auth/register', tagged, from('203.0.113.66'), two)).status).toBe(201)
    }
    await forget(ANN, '203.0.113.7', two)
    expect(await resetMailsTo(ANN)).toHaveLength(1)
  })

  it('6.4.3 nor do other mails take it away from anybody, when as many have left as may', async () => {
    const one = withLinks({ MAX_MAILS_PER_HOUR: '1' })
    for (const name of ['ann', 'bob']) await register(`${name}@example.com`)
    for (const name of ['ann', 'bob']) {
      await postJson('/auth/email/send-code', { email: `${name}@example.com` }, from('203.0.113.66'), one)
      await afterwork()
    }
    expect(await mailsTo('bob@example.com')).toEqual([])
    await forget('bob@example.com', '203.0.113.7', one)
    expect(await resetMailsTo('bob@example.com')).toHaveLength(1)
  })

  it('MAX_MAILS_PER_HOUR bounds the mails to all, and an address that is nobody’s takes none of them away', async () => {
    const one = withLinks({ MAX_MAILS_PER_HOUR: '1' })
    for (const name of ['ann', 'bob']) await register(`${name}@example.com`)
    await forget('nobody@example.com', '203.0.113.7', one)
    await afterwork()
    await forget('ann@example.com', '203.0.113.7', one)
    await afterwork()
    await forget('bob@example.com', '203.0.113.7', one)
    expect(await resetMailsTo('ann@example.com')).toHaveLength(1)
    expect(await resetMailsTo('bob@example.com')).toHaveLength(0)
  })

  it('without Postgres it is 503 for everybody, and has spent none of the account’s requests', async () => {
    await register()
    await breakEndpoint('sql', 'refuse')
    for (const last of [1, 2, 3, 4]) expect((await forget(ANN, `203.0.113.${last}`)).status).toBe(503)
    complaintsSoFar()
    await healEverything()
    await forget(ANN)
    expect(await resetMailsTo(ANN)).toHaveLength(1)
  })
})
