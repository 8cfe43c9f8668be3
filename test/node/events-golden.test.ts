import { describe, expect, it } from 'vitest'
import { CATALOGUE } from '../../src/compose/features.ts'
import { kafkaMessage, rabbitMessage, webhookMessage } from '../../src/features/events/messages.ts'
import { golden, goldenNames, rowIn } from '../support/golden-events.ts'
import { rowOf } from '../support/outbox-rows.ts'

describe('the messages in test/golden/events', () => {
  it('are of every event in the catalogue, and of no other', () => {
    expect(goldenNames().toSorted()).toEqual(Object.keys(CATALOGUE).toSorted())
  })

  // Compared as text: the order of the fields is a promise too, to whoever reads a topic with their eyes.
  it.each(Object.keys(CATALOGUE))('%s is in Kafka, in RabbitMQ and in a webhook what it was', (type) => {
    const { row, kafka, rabbitmq, webhook } = golden(type)
    expect(JSON.stringify(kafkaMessage(CATALOGUE)(rowIn({ row })))).toBe(JSON.stringify(kafka))
    expect(JSON.stringify(rabbitMessage(CATALOGUE)(rowIn({ row })))).toBe(JSON.stringify(rabbitmq))
    expect(webhookMessage(CATALOGUE)(rowIn({ row }))?.body).toBe(JSON.stringify(webhook))
  })

  it.each(Object.keys(CATALOGUE))('%s has its marks everywhere', (type) => {
    const { row, kafka, rabbitmq, webhook } = golden(type)
    const marks = { event_id: row.eventId, user_id: row.userId, seq: row.seq }
    expect(kafka.value).toMatchObject(marks)
    expect(rabbitmq.message).toMatchObject(marks)
    expect(webhook).toMatchObject({ data: marks })
  })
})

describe('the two that older consumers know', () => {
  it('new_user has exactly the fields it always had, and its marks', () => {
    const { kafka } = golden('user_registered')
    expect(kafka.key).toBe('new_user')
    expect(Object.keys(kafka.value)).toEqual(['user_id', 'username', 'full_name', 'created_at', 'event_id', 'seq'])
  })

  it('UserCreated has exactly the fields it always had, and its marks', () => {
    const { rabbitmq } = golden('user_registered')
    expect(rabbitmq.routingKey).toBe('UserCreated')
    const fields = ['event', 'user_id', 'email', 'username', 'created_at', 'event_id', 'seq']
    expect(Object.keys(rabbitmq.message)).toEqual(fields)
  })
})

describe('what leaves', () => {
  const makers = [kafkaMessage, rabbitMessage, webhookMessage]

  it.each(Object.keys(CATALOGUE))('16.2.5 of %s holds nothing that the catalogue does not name', (type) => {
    const row = rowIn(golden(type))
    const more = {
      password_hash: 'canary',
      code: 'canary',
      subject: 'canary',
      event_id: 'canary',
      seq: -1,
      user_id: -1,
    }
    for (const make of makers) {
      const told = JSON.stringify(make(CATALOGUE)({ ...row, payload: { ...row.payload, ...more }, sealed: 'canary' }))
      expect(told).toBe(JSON.stringify(make(CATALOGUE)(row)))
      expect(told).not.toContain('canary')
    }
  })

  it('does not leave where the catalogue does not know it, or it lacks what the catalogue names', () => {
    for (const make of makers) {
      expect(make(CATALOGUE)(rowOf({ type: 'nobody_knows' }))).toBeNull()
      expect(make(CATALOGUE)(rowOf({ type: 'constructor' }))).toBeNull()
      expect(make(CATALOGUE)(rowOf({ payload: {} }))).toBeNull()
    }
  })
})
