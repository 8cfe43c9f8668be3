import { parseConfig } from '../../src/compose/config.ts'
import { CATALOGUE } from '../../src/compose/features.ts'
import { sinksFor } from '../../src/compose/sinks.ts'
import { deriveKeys } from '../../src/crypto/keys.ts'
import { connect } from '../../src/db/client.ts'
import type { OutboxRow } from '../../src/features/events/types.ts'
import { mailPayload } from '../../src/features/mail/mail-payload.ts'
import { ConfigError } from '../../src/kernel/config.ts'
import { asRabbitMq, asRestProxy, asUpstash, CREDENTIALS, type Received, type Reply } from './fake-brokers.ts'
import { AT, type ByHand, byHand, rowsOf } from './outbox-rows.ts'

export const SETTINGS = {
  ENVIRONMENT: 'development',
  ISSUER: 'https://auth.example.com',
  AUDIENCE: 'example',
  DATABASE_URL: 'postgres://user:pass@db.example.com/auth',
  SECRET_KEY: 'q2bYt0bRk1nX8Zq6mJw2vLs9cHf4gTd7pQa5eKi0oM3',
  ALGORITHM: 'HS256',
  JWT_SECRET: 'q2bYt0bRk1nX8Zq6mJw2vLs9cHf4gTd7pQa5eKi0oM3',
}

/** What is wrong with these settings, or nothing. */
export function complaintOf(settings: object): string {
  try {
    parseConfig(settings)
    return ''
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
}

const unasked = () => {
  throw new Error('This is not asked here.')
}
const writing = { write: unasked, forget: unasked }

/** The sinks as settings switch them on, by their names. */
export function sinksWith(settings: Record<string, string>, now = () => AT): Map<string, ByHand> {
  const config = parseConfig({ ...SETTINGS, ...settings })
  const sinks = sinksFor({
    config,
    catalogue: CATALOGUE,
    now,
    keys: deriveKeys(config),
    db: async () => connect(config),
    guard: { guard: unasked, nameOf: unasked, limits: config.guard, later: unasked },
    askSessions: unasked,
    profiles: { recall: unasked, remember: unasked, read: unasked, ...writing, strictly: writing },
  })
  return new Map(sinks.map((sink) => [sink.name, byHand(sink)]))
}

export function sinkWith(name: string, settings: Record<string, string>, now = () => AT): ByHand {
  const sink = sinksWith(settings, now).get(name)
  if (!sink) throw new Error(`These settings switch no ${name} on.`)
  return sink
}

const { username, password } = CREDENTIALS
export const WEBHOOK_SECRET = `whsec_${Buffer.alloc(32, 'k').toString('base64')}`

const settingsOf = (prefix: string, name: string, url: string) => ({
  [name]: url,
  [`${prefix}_USERNAME`]: username,
  [`${prefix}_PASSWORD`]: password,
})
export const atUpstash = (url: string, more = {}) =>
  sinkWith('upstash-kafka', { ...settingsOf('UPSTASH_KAFKA_REST', 'UPSTASH_KAFKA_REST_URL', url), ...more })
export const atRestProxy = (url: string, more = {}) =>
  sinkWith('kafka-rest', { ...settingsOf('KAFKA_REST', 'KAFKA_REST_URL', url), ...more })
export const atRabbitMq = (url: string, more = {}) =>
  sinkWith('rabbitmq', { ...settingsOf('RABBITMQ', 'RABBITMQ_HTTP_URL', url), ...more })
export const atWebhook = (url: string) =>
  sinkWith('webhook:1', { WEBHOOKS: `${url}/hook`, WEBHOOK_SECRETS: WEBHOOK_SECRET, WEBHOOKS_ALLOW_PRIVATE: 'on' })

export const atMail = (url: string) =>
  sinkWith('mail', { RESEND_API_KEY: 're_test', RESEND_BASE_URL: url, MAIL_FROM: 'Postern <postern@example.com>' })

const WELCOME = mailPayload('welcome', { to: 'ann@example.com', locale: null }, {})

/** What every sink that leaves this service is held to, with somebody who speaks its protocol. */
export type Outgoing = {
  name: string
  answer: (request: Received) => Reply
  at: (url: string) => ByHand
  rows: (count: number) => OutboxRow[]
}

/** Those that tell of events, as the catalogue describes them. */
export const TELLING: Outgoing[] = [
  { name: 'Upstash', answer: asUpstash, at: atUpstash, rows: rowsOf },
  { name: 'the REST Proxy', answer: asRestProxy(), at: atRestProxy, rows: rowsOf },
  { name: 'RabbitMQ', answer: asRabbitMq(), at: atRabbitMq, rows: rowsOf },
  { name: 'a webhook', answer: () => ({ status: 204 }), at: atWebhook, rows: rowsOf },
]

export const SINKS: Outgoing[] = [
  ...TELLING,
  {
    name: 'the mail service',
    answer: () => ({ status: 200, json: { id: '1' } }),
    at: atMail,
    rows: (count) => rowsOf(count).map((row) => ({ ...row, payload: WELCOME })),
  },
]
