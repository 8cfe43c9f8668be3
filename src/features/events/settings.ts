import type { Given, Refuse } from '../../kernel/feature.ts'
import { anything, choice, list, matching, text, web, whole } from '../../kernel/setting-kinds.ts'
import { webhookAddressProblem } from './sinks/webhook-address.ts'
import { webhookKey } from './sinks/webhook-signature.ts'

/** What Kafka itself takes as the name of a topic. */
const topicName = matching(/^(?!\.{1,2}$)[A-Za-z0-9._-]{1,249}$/, 'must be a name that Kafka takes for a topic')

/** A name or password of HTTP Basic (RFC 7617). */
const credential = matching(/^[\x20-\x7e]+$/, 'may hold printable ASCII characters only')
const credentialName = credential.where((name) => !name.includes(':'), 'may not hold a colon')

const webhookSecret = anything.where(
  (line) => line.split('|').length <= 2 && line.split('|').every(webhookKey),
  'must hold secrets of 24 to 64 bytes in base64 behind whsec_, or two of them joined by |',
)

export const settings = {
  EVENTS_TOPIC: topicName.default('uploading_data'),
  UPSTASH_KAFKA_REST_URL: web.optional(),
  UPSTASH_KAFKA_REST_USERNAME: credentialName.optional(),
  UPSTASH_KAFKA_REST_PASSWORD: credential.optional(),
  KAFKA_REST_URL: web.optional(),
  KAFKA_REST_USERNAME: credentialName.optional(),
  KAFKA_REST_PASSWORD: credential.optional(),
  RABBITMQ_HTTP_URL: web.optional(),
  RABBITMQ_EXCHANGE: text('must be the name of an exchange').default('amq.topic'),
  RABBITMQ_VHOST: text('must be the name of a virtual host').default('/'),
  RABBITMQ_USERNAME: credentialName.optional(),
  RABBITMQ_PASSWORD: credential.optional(),
  WEBHOOKS: list(web).default([]),
  WEBHOOK_SECRETS: list(webhookSecret).default([]),
  WEBHOOKS_ALLOW_PRIVATE: choice('off', 'on').default('off'),
  OUTBOX_MAX_TRIES: whole(1, 100).default(20),
  OUTBOX_RETENTION_DAYS: whole(1, 365).default(30),
}

type Told = Given<typeof settings>

declare module '../../kernel/config.ts' {
  interface Config {
    readonly events: ReturnType<typeof eventsFrom>
  }
}

export const config = (given: Told) => ({ events: eventsFrom(given) })

/** A sink without an address is disabled. */
const eventsFrom = (given: Told) => ({
  topic: given.EVENTS_TOPIC,
  upstash: upstashOf(given),
  restProxy: given.KAFKA_REST_URL ? { url: given.KAFKA_REST_URL, credentials: restCredentialsOf(given) } : undefined,
  rabbit: rabbitOf(given),
  webhooks: given.WEBHOOKS.map((url, at) => ({
    name: `webhook:${at + 1}`,
    url,
    keys: (given.WEBHOOK_SECRETS[at] ?? '').split('|').flatMap((secret) => webhookKey(secret) ?? []),
  })),
  maxTries: given.OUTBOX_MAX_TRIES,
  retentionDays: given.OUTBOX_RETENTION_DAYS,
})

function upstashOf(given: Told) {
  const { UPSTASH_KAFKA_REST_URL: url, UPSTASH_KAFKA_REST_USERNAME: username } = given
  const { UPSTASH_KAFKA_REST_PASSWORD: password } = given
  return url && username && password ? { url, username, password } : undefined
}

function restCredentialsOf({ KAFKA_REST_USERNAME: username, KAFKA_REST_PASSWORD: password }: Told) {
  return username && password ? { username, password } : undefined
}

function rabbitOf(given: Told) {
  const { RABBITMQ_HTTP_URL: url, RABBITMQ_USERNAME: username, RABBITMQ_PASSWORD: password } = given
  const { RABBITMQ_VHOST: vhost, RABBITMQ_EXCHANGE: exchange } = given
  return url && username && password ? { url, username, password, vhost, exchange } : undefined
}

/** Settings that need each other. A half-configured sink would fail silently. */
const TOGETHER = [
  ['UPSTASH_KAFKA_REST_URL', 'UPSTASH_KAFKA_REST_USERNAME', 'UPSTASH_KAFKA_REST_PASSWORD'],
  ['KAFKA_REST_USERNAME', 'KAFKA_REST_PASSWORD'],
  ['RABBITMQ_HTTP_URL', 'RABBITMQ_USERNAME', 'RABBITMQ_PASSWORD'],
] as const

export function check(given: Told, refuse: Refuse<keyof Told>) {
  for (const names of TOGETHER) {
    const present = names.find((name) => given[name])
    for (const name of names) {
      if (present && !given[name]) refuse(name, `must be set beside ${present}`)
    }
  }
  if (given.KAFKA_REST_USERNAME && !given.KAFKA_REST_URL) refuse('KAFKA_REST_URL', 'must be set beside its credentials')
  checkWebhooks(given, refuse)
}

function checkWebhooks(given: Told, refuse: Refuse<keyof Told>) {
  const { ENVIRONMENT, WEBHOOKS, WEBHOOK_SECRETS, WEBHOOKS_ALLOW_PRIVATE } = given
  const allowPrivate = WEBHOOKS_ALLOW_PRIVATE === 'on'
  if (allowPrivate && ENVIRONMENT === 'production') refuse('WEBHOOKS_ALLOW_PRIVATE', 'may be on in development only')
  // Unreadable ones have been complained of, and cannot be counted.
  if (!WEBHOOKS) return
  if (new Set(WEBHOOKS).size < WEBHOOKS.length) refuse('WEBHOOKS', 'may name each address once')
  const problem = WEBHOOKS.map((url) => webhookAddressProblem(url, { allowPrivate })).find(Boolean)
  if (problem) refuse('WEBHOOKS', problem)
  if (WEBHOOKS.length !== WEBHOOK_SECRETS?.length) refuse('WEBHOOK_SECRETS', 'must hold one entry for each of WEBHOOKS')
}
