import { createHmac } from 'node:crypto'
import { afterEach, describe, expect, it } from 'vitest'
import { signatureHeaders, webhookKey } from '../../src/features/events/sinks/webhook-signature.ts'
import { type Fake, type Received, startFake } from '../support/fake-brokers.ts'
import { AT, rowOf, rowsOf } from '../support/outbox-rows.ts'
import {
  atWebhook,
  complaintOf as complaintAbout,
  sinksWith,
  sinkWith,
  WEBHOOK_SECRET,
} from '../support/sinks-by-hand.ts'

/** Made by the reference implementation of Standard Webhooks; the first one is in its documentation. */
const VECTORS = [
  {
    secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    seconds: 1_614_265_330,
    body: '{"test": 2432232314}',
    signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  },
  {
    secret: 'whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=',
    id: 'AAAAAAAAAAAAAAAAAAAAAA',
    seconds: 1_767_323_045,
    body: '{"type":"user_registered","name":"Zoë 🙂"}',
    signature: 'v1,T5ScAn8/Bsv7FJkBRSAzvhp1VdP3o4OnwUCylpLLJB8=',
  },
  {
    secret: 'whsec_//79/Pv6+fj39vX08/Lx8O/u7ezr6uno5+bl5OPi4eDf3t3c29rZ2NfW1dTT0tHQz87NzMvKycjHxsXEw8LBwA==',
    id: '_-_-_-_-_-_-_-_-_-_-_w',
    seconds: 0,
    body: '',
    signature: 'v1,CNbQ3mP11oMcu/OT+Yjlfw287UrO/S7NJgr+9BksADA=',
  },
]

const keyIn = (secret: string) => webhookKey(secret) ?? new Uint8Array()
const OTHER_SECRET = `whsec_${Buffer.alloc(24, 'o').toString('base64')}`

let hook: Fake | undefined
const open = async (status = 200) => {
  hook = await startFake(() => ({ status, json: 'x'.repeat(1_000_000) }))
  return hook
}
afterEach(() => hook?.close())

/** As a receiver does it, from what came over the wire and the secret alone. */
const expected = ({ headers, body }: Received, secret: string) => {
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64')
  return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`
}

describe('the signature of a webhook', () => {
  it.each(VECTORS)('$id is what Standard Webhooks makes of it', ({ secret, id, seconds, body, signature }) => {
    const headers = signatureHeaders({ id, body, timestamp: new Date(seconds * 1_000) }, [keyIn(secret)])
    expect(headers).toEqual({
      'webhook-id': id,
      'webhook-timestamp': String(seconds),
      'webhook-signature': signature,
    })
  })

  it.each([
    'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    'whsec_',
    'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa==',
    'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS_',
    'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwx',
    `whsec_${Buffer.alloc(65).toString('base64')}`,
  ])('takes no secret like %s', (secret) => {
    expect(webhookKey(secret)).toBeNull()
  })
})

describe('a webhook', () => {
  it('WEBHOOKS and WEBHOOK_SECRETS: is signed with the time of the attempt, and carries the event as its id', async () => {
    const { url, accepted } = await open()
    const times = [new Date('2026-01-02T03:05:00Z'), new Date('2026-01-02T03:07:00.999Z')]
    const now = () => times.shift() ?? AT
    const settings = { WEBHOOKS: `${url}/hook?a=b`, WEBHOOK_SECRETS: WEBHOOK_SECRET, WEBHOOKS_ALLOW_PRIVATE: 'on' }
    const sink = sinkWith('webhook:1', settings, now)
    await sink.deliver([rowOf({ eventId: 'the-same' })])
    await sink.deliver([rowOf({ eventId: 'the-same' })])
    const [first, second] = accepted
    for (const request of [first, second]) {
      expect(request).toMatchObject({ method: 'POST', path: '/hook?a=b' })
      expect(request?.headers).toMatchObject({ 'content-type': 'application/json', 'webhook-id': 'the-same' })
      expect(request?.headers['webhook-signature']).toBe(request && expected(request, WEBHOOK_SECRET))
    }
    expect(first?.body).toBe(second?.body)
    expect(accepted.map(({ headers }) => headers['webhook-timestamp'])).toEqual(['1767323100', '1767323220'])
    expect(JSON.parse(first?.body ?? '')).toEqual({
      type: 'user_registered',
      timestamp: '2026-01-02T03:04:05.678Z',
      data: expect.objectContaining({ user_id: 7, event_id: 'the-same', seq: 1 }),
    })
  })

  it('WEBHOOK_SECRETS with two secrets: both sign, so a receiver may know either', async () => {
    const { url, accepted } = await open()
    const secrets = `${WEBHOOK_SECRET}|${OTHER_SECRET}`
    await sinkWith('webhook:1', { WEBHOOKS: url, WEBHOOK_SECRETS: secrets, WEBHOOKS_ALLOW_PRIVATE: 'on' }).deliver(
      rowsOf(1),
    )
    const [request] = accepted
    const both = request ? [expected(request, WEBHOOK_SECRET), expected(request, OTHER_SECRET)] : []
    expect(request?.headers['webhook-signature']).toBe(both.join(' '))
  })

  it('is one of several, each with a name and a secret of its own', async () => {
    const { url, accepted } = await open()
    const WEBHOOKS = `${url}/one, ${url}/two`
    const WEBHOOK_SECRETS = `${WEBHOOK_SECRET}, ${OTHER_SECRET}`
    const sinks = sinksWith({ WEBHOOKS, WEBHOOK_SECRETS, WEBHOOKS_ALLOW_PRIVATE: 'on' })
    expect([...sinks.keys()]).toEqual(['sessions', 'profile', 'webhook:1', 'webhook:2'])
    await sinks.get('webhook:2')?.deliver(rowsOf(1))
    expect(accepted.map(({ path }) => path)).toEqual(['/two'])
    expect(accepted[0]?.headers['webhook-signature']).toBe(accepted[0] && expected(accepted[0], OTHER_SECRET))
  })

  it.each([200, 201, 202, 204, 299])('has arrived with %s, whatever else it answers', async (status) => {
    expect(await atWebhook((await open(status)).url).deliver(rowsOf(1))).toEqual([{ ok: true }])
  })

  it.each([304, 400, 401, 404, 429, 500, 503])('has not arrived with %s', async (status) => {
    const reason = status === 304 ? 'answered with a redirect' : `answered ${status}`
    expect(await atWebhook((await open(status)).url).deliver(rowsOf(1))).toEqual([{ ok: false, reason }])
  })

  it('is not tried again where the receiver is gone', async () => {
    const gone = { ok: false, reason: 'answered that it is gone', final: true }
    expect(await atWebhook((await open(410)).url).deliver(rowsOf(1))).toEqual([gone])
  })
})

describe('the address of a webhook', () => {
  const complaintOf = (WEBHOOKS: string, more = {}) => {
    const said = complaintAbout({ ENVIRONMENT: 'production', WEBHOOKS, WEBHOOK_SECRETS: WEBHOOK_SECRET, ...more })
    return said.split(/[:;]/).find((problem) => problem.trim().startsWith('WEBHOOKS')) ?? ''
  }

  it.each([
    'https://hooks.example.com/in',
    'https://hooks.example.com:8443/in?a=b',
    'https://xn--bcher-kva.example.com',
    'https://bücher.example.com',
    'https://localhost.example.com',
  ])('may be %s', (address) => {
    expect(complaintOf(address)).toBe('')
  })

  it.each([
    'http://hooks.example.com',
    'ftp://hooks.example.com',
    'https://localhost',
    'https://LOCALHOST.',
    'https://a.localhost',
    'https://intranet',
    'https://db.internal',
    'https://db.internal.',
    'https://printer.local',
    'https://router.home.arpa',
    'https://127.0.0.1',
    'https://127.1',
    'https://0x7f000001',
    'https://2130706433',
    'https://0177.0.0.1',
    'https://169.254.169.254',
    'https://８.8.8.8',
    'https://8.8.8.8.',
    'https://[::1]',
    'https://[::ffff:127.0.0.1]',
    'https://[2001:db8::1]',
    'https://user:pass@hooks.example.com',
    'https://hooks.example.com#fragment',
  ])('may not be %s', (address) => {
    expect(complaintOf(address)).toMatch(/WEBHOOKS m/)
    expect(complaintOf(address)).not.toContain('example.com')
  })

  it('WEBHOOKS_ALLOW_PRIVATE lets development send to itself, and production not', () => {
    const development = { ENVIRONMENT: 'development', WEBHOOKS_ALLOW_PRIVATE: 'on' }
    expect(complaintOf('http://127.0.0.1:9000/hook', development)).toBe('')
    expect(complaintOf('http://127.0.0.1:9000/hook', { ENVIRONMENT: 'development' })).toContain('WEBHOOKS must')
    expect(complaintOf('https://hooks.example.com', { WEBHOOKS_ALLOW_PRIVATE: 'on' })).toContain('development only')
  })
})
