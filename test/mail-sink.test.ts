import { describe, expect, it, vi } from 'vitest'
import { depsFrom } from '../src/compose/deps.ts'
import { seal } from '../src/crypto/seal.ts'
import type { OutboxRow } from '../src/features/events/types.ts'
import { boundTo, mailPayload, sealSecret } from '../src/features/mail/mail-payload.ts'
import { capOnNotice } from '../src/features/mail/notices.ts'
import { mailSink } from '../src/features/mail/sink.ts'
import { NOBODY } from '../src/kernel/client.ts'
import { lastMailTo, mailing, mailsTo } from './support/mailbox.ts'
import { byHand } from './support/outbox-rows.ts'
import { ANN, ask, PASSWORD, people, register } from './support/people.ts'
import { breakEndpoint, healEndpoints } from './support/switchboard.ts'

const later: Promise<unknown>[] = []
const deps = () => depsFrom(mailing(), { waitUntil: (work) => void later.push(work) }, { clientOf: () => NOBODY })

const row = (fields: Partial<OutboxRow> = {}): OutboxRow => ({
  eventId: 'event-1',
  sink: 'mail',
  userId: 7,
  seq: 0,
  type: 'user_registered',
  payload: mailPayload('welcome', { to: ANN, locale: null }, {}),
  sealed: null,
  createdAt: new Date('2030-01-01T00:00:00Z'),
  deliverBefore: null,
  attempts: 1,
  ...fields,
})

function deliver(...rows: OutboxRow[]) {
  const { config } = deps()
  if (!config.mail) throw new Error('mail is off')
  return byHand(mailSink('mail', config.mail, deps())).deliver(rows)
}

/** What leaves for the mail service, and what it answers instead of the real one. */
function answering(answer: () => Response | Promise<Response>) {
  const sent: Request[] = []
  const real = globalThis.fetch
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const request = new Request(input, init)
    if (!request.url.endsWith('/emails')) return real(input, init)
    sent.push(request)
    return answer()
  })
  return sent
}
const refusing = (status: number, name: string) => () =>
  Response.json({ statusCode: status, name, message: 'ann@example.com' }, { status })

describe('the mail sink', () => {
  it('RESEND_API_KEY, RESEND_BASE_URL and MAIL_FROM: sends one mail to one recipient, under the id of its event', async () => {
    const sent = answering(() => Response.json({ id: '1' }))
    expect(await deliver(row())).toEqual([{ ok: true }])
    const [request] = sent
    expect(request?.url).toBe(`${mailing().RESEND_BASE_URL}/emails`)
    expect(request?.headers.get('authorization')).toBe('Bearer re_test')
    expect(request?.headers.get('idempotency-key')).toBe('event-1')
    expect(request?.redirect).toBe('manual')
    expect(await request?.json()).toMatchObject({ from: 'Postern <no-reply@auth.example.com>', to: ANN })
  })

  it('a mail whose answer was lost arrives once, however often it is sent', async () => {
    await breakEndpoint('emails', 'lose')
    expect(await deliver(row())).toMatchObject([{ ok: false }])
    await healEndpoints()
    expect(await deliver(row(), row())).toEqual([{ ok: true }, { ok: true }])
    expect(await mailsTo(ANN)).toHaveLength(1)
  })

  it.each([
    [400, 'validation_error', true],
    [401, 'missing_api_key', true],
    [403, 'invalid_api_key', true],
    [422, 'validation_error', true],
    [429, 'rate_limit_exceeded', false],
    [409, 'concurrent_idempotent_requests', false],
    [500, 'internal_server_error', false],
    [503, 'application_error', false],
  ])('%d %s is final: %s, and what it says stays unsaid', async (status, name, final) => {
    answering(refusing(status, name))
    const [verdict] = await deliver(row())
    expect(verdict).toMatchObject({ ok: false, ...(final && { final }) })
    expect(JSON.stringify(verdict)).not.toContain('ann')
    if (!final) expect(verdict).not.toHaveProperty('final')
  })

  it('the same id with another text means that an earlier attempt arrived', async () => {
    answering(refusing(409, 'invalid_idempotent_request'))
    expect(await deliver(row())).toEqual([{ ok: true }])
  })

  it.each(['ann@example.com, eve@evil.example', 'ann@example.com\r\nBcc: eve@evil.example', ''])(
    '1.3.11 %j in a row is nobody: nothing is sent, for ever',
    async (to) => {
      const sent = answering(() => Response.json({ id: '1' }))
      const payload = mailPayload('welcome', { to, locale: null }, {})
      expect(await deliver(row({ payload }))).toMatchObject([{ ok: false, final: true }])
      expect(sent).toEqual([])
    },
  )

  it.each([
    ['no language', { template: 'welcome', to: ANN, values: {} }],
    ['nobody to write to', { template: 'welcome', locale: null, values: {} }],
    ['nothing to say', { template: 'welcome', to: ANN, locale: null }],
    ['a number in place of its name', { template: 7, to: ANN, locale: null, values: {} }],
    ['nothing but its name', { template: 'welcome' }],
  ])('a mail with %s is given up where an operator sees it, and never taken for sent', async (_, payload) => {
    const sent = answering(() => Response.json({ id: '1' }))
    expect(await deliver(row({ payload }))).toEqual([
      { ok: false, reason: 'is a mail with a part missing', final: true },
    ])
    expect(sent).toEqual([])
  })

  it('a secret opens in its own row and at its own address alone', async () => {
    const { keys } = deps()
    const payload = mailPayload('verify_email', { to: ANN, locale: 'en' }, { minutes: 10 })
    const sealed = await sealSecret(keys, { code: '012345' }, { eventId: 'event-1', to: ANN })
    expect(sealed).not.toContain('012345')
    expect(await deliver(row({ payload, sealed }))).toEqual([{ ok: true }])
    expect((await lastMailTo(ANN)).text).toContain('012345')
    const elsewhere = mailPayload('verify_email', { to: 'eve@evil.example', locale: 'en' }, { minutes: 10 })
    for (const other of [{ eventId: 'event-2', payload }, { payload: elsewhere }])
      expect(await deliver(row({ sealed, ...other }))).toMatchObject([{ ok: false, final: true }])
    expect(await deliver(row({ payload }))).toMatchObject([{ ok: false, final: true }])
  })
})

describe('a mail to an address that is not confirmed', () => {
  const payload = mailPayload('email_change_begun', { to: ANN, locale: null }, { hours: 72 }, { capped: true })
  const capped = (eventId: string, sealed: string) => row({ eventId, payload, sealed })

  it('that could not be written, or did not leave, has spent nothing of any cap', async () => {
    const { keys, config } = deps()
    const { limit } = config.guard.mailbox
    for (let at = 0; at < limit + 2; at += 1) {
      const unreadable = await seal(keys.outboxSeal, 'no JSON', boundTo(`broken-${at}`, ANN))
      expect(await deliver(capped(`broken-${at}`, unreadable))).toMatchObject([{ ok: false }])
    }
    await breakEndpoint('emails', 'error')
    const good = async (eventId: string) =>
      capped(eventId, await sealSecret(keys, { link: 'https://x.example/#t' }, { eventId, to: ANN }))
    for (let at = 0; at < limit + 2; at += 1) expect(await deliver(await good('good'))).toMatchObject([{ ok: false }])
    await healEndpoints()
    expect(await deliver(await good('good'))).toEqual([{ ok: true }])
    expect(await mailsTo(ANN)).toHaveLength(1)
  })
})

describe('what sessions tell their user', () => {
  const opened = (fields: object, eventId = 'e1') =>
    row({ eventId, type: 'session_opened', payload: { device: 'Firefox on Linux', country: 'NL', ...fields } })

  it('a new device, and an evicted session', async () => {
    const userId = await register()
    const evicted = row({ eventId: 'e3', type: 'session_evicted', payload: { device: 'curl', reason: 'evicted' } })
    const rows = [opened({}), opened({ new_device: true }, 'e2'), evicted]
    expect(await deliver(...rows.map((each) => ({ ...each, userId })))).toEqual(rows.map(() => ({ ok: true })))
    const texts = (await mailsTo(ANN)).map(({ text }) => text)
    expect(texts).toHaveLength(2)
    expect(texts[0]).toContain('Firefox on Linux, NL')
    expect(texts[1]).toContain('curl')
  })

  it.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])(
    'nothing of an event that is called like a member of every object: %s',
    async (type) => {
      const userId = await register()
      expect(capOnNotice(deps().guard, { type, userId, payload: {} })).toBeNull()
      expect(await deliver(row({ userId, type, payload: { device: 'curl' } }))).toEqual([{ ok: true }])
      expect(await mailsTo(ANN)).toEqual([])
    },
  )

  it('nobody, where the user is gone', async () => {
    expect(await deliver(opened({ new_device: true }))).toEqual([{ ok: true }])
    expect(await mailsTo(ANN)).toEqual([])
  })

  it('6.3.7 a changed password and a deleted account are told as well', async () => {
    await register()
    const { access_token } = await people.logIn()
    const change = { current_password: PASSWORD, new_password: 'another horse battery' }
    const changing = { body: change, bindings: mailing() }
    expect((await ask('POST', '/auth/password/change', access_token, changing)).status).toBe(204)
    expect((await lastMailTo(ANN)).subject).toBe('Your Postern password was changed')
    const leaving = { body: { password: change.new_password }, bindings: mailing() }
    expect((await ask('DELETE', '/auth/me', access_token, leaving)).status).toBe(204)
    expect((await lastMailTo(ANN)).subject).toBe('Your Postern account was deleted')
  })
})
