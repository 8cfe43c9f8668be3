import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { call } from './support/api.ts'

describe('/api/asyncapi.json', () => {
  it('EVENTS_TOPIC and RABBITMQ_EXCHANGE are told, and no address or name of a broker is', async () => {
    const bindings = {
      ...env,
      EVENTS_TOPIC: 'people.v1',
      RABBITMQ_HTTP_URL: 'https://canary.example.com',
      RABBITMQ_USERNAME: 'canary',
      RABBITMQ_PASSWORD: 'canary',
      RABBITMQ_EXCHANGE: 'users',
    }
    const text = await (await call('/api/asyncapi.json', undefined, bindings)).text()
    expect(JSON.parse(text).channels).toMatchObject({
      kafka: { address: 'people.v1', bindings: { kafka: { topic: 'people.v1' } } },
      rabbitmq: { bindings: { amqp: { is: 'routingKey', exchange: { name: 'users' } } } },
    })
    expect(text).not.toContain('canary')
  })
})
