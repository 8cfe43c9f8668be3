import type { Refuse } from '../../compose/config.ts'
import type { Given } from '../../compose/settings.ts'
import { webhookAddressProblem } from './sinks/webhook-address.ts'
import { webhookKey } from './sinks/webhook-signature.ts'

/** Where events go, for those who deliver them. A sink whose address is not set is switched off. */
export const eventsFrom = (given: Given) => ({
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

function upstashOf(given: Given) {
  const { UPSTASH_KAFKA_REST_URL: url, UPSTASH_KAFKA_REST_USERNAME: username } = given
  const { UPSTASH_KAFKA_REST_PASSWORD: password } = given
  return url && username && password ? { url, username, password } : undefined
}

function restCredentialsOf({ KAFKA_REST_USERNAME: username, KAFKA_REST_PASSWORD: password }: Given) {
  return username && password ? { username, password } : undefined
}

function rabbitOf(given: Given) {
  const { RABBITMQ_HTTP_URL: url, RABBITMQ_USERNAME: username, RABBITMQ_PASSWORD: password } = given
  const { RABBITMQ_VHOST: vhost, RABBITMQ_EXCHANGE: exchange } = given
  return url && username && password ? { url, username, password, vhost, exchange } : undefined
}

/** What must stand beside what. A sink that is half switched on would only be noticed by what never arrives. */
const TOGETHER = [
  ['UPSTASH_KAFKA_REST_URL', 'UPSTASH_KAFKA_REST_USERNAME', 'UPSTASH_KAFKA_REST_PASSWORD'],
  ['KAFKA_REST_USERNAME', 'KAFKA_REST_PASSWORD'],
  ['RABBITMQ_HTTP_URL', 'RABBITMQ_USERNAME', 'RABBITMQ_PASSWORD'],
] as const

export function checkEvents(given: Given, refuse: Refuse) {
  for (const names of TOGETHER) {
    const present = names.find((name) => given[name])
    for (const name of names) {
      if (present && !given[name]) refuse(name, `must be set beside ${present}`)
    }
  }
  if (given.KAFKA_REST_USERNAME && !given.KAFKA_REST_URL) refuse('KAFKA_REST_URL', 'must be set beside its credentials')
  checkWebhooks(given, refuse)
}

function checkWebhooks(given: Given, refuse: Refuse) {
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
