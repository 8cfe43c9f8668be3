import { describe, expect, it } from 'vitest'
import type { z } from 'zod/mini'
import { CATALOGUE } from '../../src/compose/features.ts'
import { kafkaKeyOf, routingKeyOf } from '../../src/features/events/catalogue.ts'
import { signatureHeaders, webhookKey } from '../../src/features/events/sinks/webhook-signature.ts'
import { golden } from '../support/golden-events.ts'
import { codes, fences, read, rows, section } from '../support/markdown.ts'

const text = read('docs/events.md')
const tableUnder = (heading: string) => rows(section(text, heading))
const fieldsOf = ({ shape }: z.ZodMiniObject) => Object.keys(shape)

const EVERYWHERE = ['user_id', 'occurred_at', 'event_id', 'seq']
const EVENTS = Object.entries(CATALOGUE)
const renamed = (nameOf: typeof kafkaKeyOf) => EVENTS.filter(([type, kind]) => nameOf(type, kind) !== type)

describe('docs/events.md', () => {
  it('names every event, in the words and with the fields of the catalogue', () => {
    const documented = tableUnder('What happens').map(([event = '', about, fields = '']) => ({
      event: codes(event).join(),
      about,
      fields: codes(fields),
    }))
    const known = EVENTS.map(([type, { about, webhook }]) => {
      const fields = fieldsOf(webhook().shape.data).filter((field) => !EVERYWHERE.includes(field))
      return { event: type, about, fields }
    })
    expect(documented).toEqual(known)
    for (const [, { webhook }] of EVENTS) {
      expect(fieldsOf(webhook().shape.data)).toEqual(expect.arrayContaining(EVERYWHERE))
    }
  })

  it('names what is called otherwise in Kafka', () => {
    const documented = tableUnder('Kafka').map((row) => row.map(codes))
    const known = renamed(kafkaKeyOf).map(([type, kind]) => {
      return [[type], [kafkaKeyOf(type, kind)], fieldsOf(kind.kafka.value())]
    })
    expect(documented).toEqual(known)
  })

  it('names what is called otherwise in RabbitMQ', () => {
    const documented = tableUnder('RabbitMQ').map((row) => row.map(codes))
    const known = renamed(routingKeyOf).map(([type, kind]) => {
      return [[type], [routingKeyOf(type, kind)], fieldsOf(kind.rabbitmq.message())]
    })
    expect(documented).toEqual(known)
  })

  it('its example of a webhook is a part of what is sent', () => {
    const [example] = fences(section(text, 'Webhooks')).filter(({ language }) => language === 'json')
    const { data, ...envelope } = JSON.parse(example?.body ?? 'null')
    const { event_id: _, ...facts } = data
    expect(golden('user_registered').webhook).toMatchObject({ ...envelope, data: facts })
  })

  it('its example accepts what is signed, by either of two secrets, and nothing else', async () => {
    const [example] = fences(section(text, 'Webhooks')).filter(({ language }) => language === 'js')
    const module = `${example?.body}\nexport { isOurs }`
    const { isOurs } = await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(module)}`)
    const [one = '', other = '', third = ''] = ['a', 'b', 'c'].map(
      (letter) => `whsec_${Buffer.alloc(32, letter).toString('base64')}`,
    )
    const keys = [one, other].flatMap((secret) => webhookKey(secret) ?? [])
    const body = '{"type":"user_registered"}'
    const headers = signatureHeaders({ id: 'an-id', body, timestamp: new Date() }, keys)
    expect([one, other, third].map((secret) => isOurs(headers, body, secret))).toEqual([true, true, false])
    expect(isOurs(headers, `${body} `, one)).toBe(false)
    expect(isOurs({ ...headers, 'webhook-id': 'another' }, body, one)).toBe(false)
    const old = signatureHeaders({ id: 'an-id', body, timestamp: new Date(Date.now() - 600_000) }, keys)
    expect(isOurs(old, body, one)).toBe(false)
  })
})
