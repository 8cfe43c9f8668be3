import { describe, expect, it } from 'vitest'
import { parseConfig } from '../../src/compose/config.ts'
import { enabledSinks } from '../../src/compose/sinks.ts'
import { complaintOf as complaintAbout, SETTINGS, WEBHOOK_SECRET } from '../support/sinks-by-hand.ts'

const UPSTASH = {
  UPSTASH_KAFKA_REST_URL: 'https://kafka.example.com',
  UPSTASH_KAFKA_REST_USERNAME: 'postern',
  UPSTASH_KAFKA_REST_PASSWORD: 'pass:word',
}
const RABBITMQ = {
  RABBITMQ_HTTP_URL: 'https://rabbit.example.com',
  RABBITMQ_USERNAME: 'postern',
  RABBITMQ_PASSWORD: 'password',
}
const HOOK = { WEBHOOKS: 'https://hooks.example.com', WEBHOOK_SECRETS: WEBHOOK_SECRET }

const complaintOf = (settings: object) => complaintAbout({ ...SETTINGS, ...settings })

const on = (settings: object) => enabledSinks(parseConfig({ ...SETTINGS, ...settings }))

describe('the sinks that are on', () => {
  it('are those of ours, where nothing is set', () => {
    expect(on({})).toEqual(['sessions', 'profile'])
  })

  it('are those whose address is set, several beside each other', () => {
    const WEBHOOKS = 'https://one.example.com https://two.example.com'
    const hooks = { WEBHOOKS, WEBHOOK_SECRETS: `${WEBHOOK_SECRET} ${WEBHOOK_SECRET}` }
    const all = { ...UPSTASH, ...RABBITMQ, ...hooks, KAFKA_REST_URL: 'https://proxy.example.com' }
    const names = ['sessions', 'profile', 'upstash-kafka', 'kafka-rest', 'rabbitmq', 'webhook:1', 'webhook:2']
    expect(on(all)).toEqual(names)
  })
})

describe('a sink that is half switched on', () => {
  it.each([...Object.keys(UPSTASH), ...Object.keys(RABBITMQ)])('is refused where %s is left out', (name) => {
    expect(complaintOf({ ...UPSTASH, ...RABBITMQ, [name]: '' })).toContain(`${name} must be set beside`)
  })

  it.each([
    [{ KAFKA_REST_USERNAME: 'postern', KAFKA_REST_PASSWORD: 'x' }, 'KAFKA_REST_URL must be set'],
    [{ KAFKA_REST_URL: 'https://proxy.example.com', KAFKA_REST_USERNAME: 'x' }, 'KAFKA_REST_PASSWORD must be set'],
    [{ KAFKA_REST_URL: 'https://proxy.example.com', KAFKA_REST_PASSWORD: 'x' }, 'KAFKA_REST_USERNAME must be set'],
    [{ WEBHOOKS: HOOK.WEBHOOKS }, 'WEBHOOK_SECRETS must hold one entry'],
    [{ WEBHOOK_SECRETS: HOOK.WEBHOOK_SECRETS }, 'WEBHOOK_SECRETS must hold one entry'],
    [{ ...HOOK, WEBHOOK_SECRETS: `${WEBHOOK_SECRET},${WEBHOOK_SECRET}` }, 'WEBHOOK_SECRETS must hold one entry'],
  ])('is refused: %j', (settings, complaint) => {
    expect(complaintOf(settings)).toContain(complaint)
  })
})

describe('a value that no sink could use', () => {
  it.each([
    ['EVENTS_TOPIC', '..'],
    ['EVENTS_TOPIC', 'canary/topic'],
    ['EVENTS_TOPIC', 'canary'.repeat(50)],
    ['UPSTASH_KAFKA_REST_URL', 'canary'],
    ['UPSTASH_KAFKA_REST_USERNAME', 'can:ary'],
    ['UPSTASH_KAFKA_REST_PASSWORD', 'canary\n'],
    ['RABBITMQ_PASSWORD', 'canaryé'],
    ['RABBITMQ_HTTP_URL', 'amqp://canary'],
    ['WEBHOOK_SECRETS', 'canary'],
    ['WEBHOOK_SECRETS', `${WEBHOOK_SECRET}|canary`],
    ['WEBHOOK_SECRETS', Array(3).fill(WEBHOOK_SECRET).join('|')],
    ['WEBHOOKS', `${HOOK.WEBHOOKS} ${HOOK.WEBHOOKS}`],
  ])('%s may not be %j, and is not repeated', (name, value) => {
    const complaint = complaintOf({ ...UPSTASH, ...RABBITMQ, ...HOOK, [name]: value })
    expect(complaint).toMatch(new RegExp(`(: |; )${name} m`))
    expect(complaint).not.toContain('canary')
    expect(complaint).not.toContain(WEBHOOK_SECRET)
  })
})
