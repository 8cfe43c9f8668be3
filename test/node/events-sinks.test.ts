import { afterEach, describe, expect, it } from 'vitest'
import type { Verdict } from '../../src/features/events/types.ts'
import {
  asRabbitMq,
  asRestProxy,
  asUpstash,
  type Fake,
  type Received,
  type Reply,
  startFake,
} from '../support/fake-brokers.ts'
import { rowOf, rowsOf } from '../support/outbox-rows.ts'
import { atRabbitMq, atRestProxy, atUpstash, atWebhook, SINKS, sinkWith, TELLING } from '../support/sinks-by-hand.ts'

let open: Fake[] = []
const fake = async (answer: (request: Received) => Reply): Promise<Fake> => {
  const started = await startFake(answer)
  open.push(started)
  return started
}

afterEach(async () => {
  await Promise.all(open.map((each) => each.close()))
  open = []
})

const OK: Verdict = { ok: true }
const failed = (reason: string): Verdict => ({ ok: false, reason })
const bodyOf = (request: Received | undefined) => JSON.parse(request?.body ?? 'null')

describe('Upstash', () => {
  it('UPSTASH_KAFKA_REST_URL, UPSTASH_KAFKA_REST_USERNAME and UPSTASH_KAFKA_REST_PASSWORD: all that is due goes in one call, in order, with headers', async () => {
    const broker = await fake(asUpstash)
    expect(await atUpstash(`${broker.url}/`).deliver(rowsOf(3))).toEqual([OK, OK, OK])
    expect(broker.asked()).toBe(1)
    const [first, ...others] = bodyOf(broker.accepted[0])
    expect(first).toEqual({
      topic: 'uploading_data',
      key: 'new_user',
      value:
        '{"user_id":1,"username":"ann","full_name":null,"created_at":"2026-01-02T03:04:05.678Z","event_id":"event-0","seq":1}',
      headers: [
        { key: 'event_id', value: 'event-0' },
        { key: 'user_id', value: '1' },
        { key: 'seq', value: '1' },
      ],
    })
    expect(others.map(({ value }: { value: string }) => JSON.parse(value).user_id)).toEqual([2, 3])
  })

  it('is asked once and no more, whatever it answers', async () => {
    const broker = await fake(asUpstash)
    const stranger = atUpstash(broker.url, { UPSTASH_KAFKA_REST_PASSWORD: 'another' })
    expect(await stranger.deliver(rowsOf(1))).toEqual([failed('answered 401')])
    expect(broker.asked()).toBe(1)
  })

  it('has not taken what it gave no place', async () => {
    const place = { topic: 't', partition: 0, offset: 4, timestamp: 1 }
    const broker = await fake(() => ({ status: 200, json: [place, { error: 'canary' }] }))
    const none = failed('answered without a place for it')
    expect(await atUpstash(broker.url).deliver(rowsOf(3))).toEqual([OK, none, none])
  })
})

describe('the REST Proxy', () => {
  it('KAFKA_REST_URL, KAFKA_REST_USERNAME, KAFKA_REST_PASSWORD and EVENTS_TOPIC: all that is due goes in one call, as records of JSON', async () => {
    const broker = await fake(asRestProxy())
    const sink = atRestProxy(`${broker.url}/`, { EVENTS_TOPIC: 'people.v1' })
    expect(await sink.deliver(rowsOf(2))).toEqual([OK, OK])
    expect(broker.accepted).toHaveLength(1)
    expect(broker.accepted[0]).toMatchObject({ method: 'POST', path: '/topics/people.v1' })
    expect(bodyOf(broker.accepted[0]).records).toEqual([
      {
        key: 'new_user',
        value: {
          user_id: 1,
          username: 'ann',
          full_name: null,
          created_at: '2026-01-02T03:04:05.678Z',
          event_id: 'event-0',
          seq: 1,
        },
      },
      { key: 'new_user', value: expect.objectContaining({ user_id: 2, event_id: 'event-1' }) },
    ])
  })

  it('needs no credentials', async () => {
    const broker = await fake(({ headers }) => ({ status: headers.authorization ? 401 : 200, json: { offsets: [] } }))
    await sinkWith('kafka-rest', { KAFKA_REST_URL: broker.url }).deliver(rowsOf(1))
    expect(broker.accepted).toHaveLength(1)
  })

  it('refuses one record and takes the others', async () => {
    const broker = await fake(asRestProxy([1]))
    expect(await atRestProxy(broker.url).deliver(rowsOf(3))).toEqual([OK, failed('refused the record with 50002'), OK])
  })

  it.each([
    [{ offsets: [{ partition: 0, offset: 7 }] }, OK],
    [{ offsets: [{ partition: -1, offset: -1, error_code: 0 }] }, failed('answered without a place for it')],
    [{ offsets: [{ error_code: 500, message: 'canary' }] }, failed('refused the record with 500')],
    [{ offsets: [{ error: 'canary' }] }, failed('refused the record')],
    [{ offsets: [] }, failed('answered without a place for it')],
    [{}, failed('answered without a place for it')],
    [[], failed('answered without a place for it')],
  ])('answered %j', async (json, verdict) => {
    const broker = await fake(() => ({ status: 200, json }))
    expect(await atRestProxy(broker.url).deliver(rowsOf(1))).toEqual([verdict])
  })
})

describe('RabbitMQ', () => {
  it('RABBITMQ_HTTP_URL, RABBITMQ_USERNAME and RABBITMQ_PASSWORD: one message a call, in order, which survives a restart', async () => {
    const broker = await fake(asRabbitMq())
    expect(await atRabbitMq(`${broker.url}/`).deliver(rowsOf(2))).toEqual([OK, OK])
    expect(broker.accepted.map(({ path }) => path)).toEqual(Array(2).fill('/api/exchanges/%2F/amq.topic/publish'))
    expect(bodyOf(broker.accepted[0])).toEqual({
      properties: {
        message_id: 'event-0',
        type: 'UserCreated',
        timestamp: 1767323045,
        content_type: 'application/json',
        delivery_mode: 2,
        headers: { event_id: 'event-0', user_id: 1, seq: 1 },
      },
      routing_key: 'UserCreated',
      payload:
        '{"event":"UserCreated","user_id":1,"email":"ann@example.com","username":"ann","created_at":"2026-01-02T03:04:05.678Z","event_id":"event-0","seq":1}',
      payload_encoding: 'string',
    })
    expect(bodyOf(broker.accepted[1]).properties.message_id).toBe('event-1')
  })

  it('RABBITMQ_VHOST and RABBITMQ_EXCHANGE say where', async () => {
    const broker = await fake(asRabbitMq({ vhost: 'my/host', exchange: 'users & more' }))
    const named = { RABBITMQ_VHOST: 'my/host', RABBITMQ_EXCHANGE: 'users & more' }
    expect(await atRabbitMq(broker.url, named).deliver(rowsOf(1))).toEqual([OK])
    expect(await atRabbitMq(broker.url).deliver(rowsOf(1))).toEqual([failed('answered 404')])
  })

  it('has not taken what it routed nowhere, and takes the rest', async () => {
    const broker = await fake(asRabbitMq({ unbound: ['password_changed'] }))
    const rows = [rowOf(), rowOf({ type: 'password_changed' }), rowOf({ type: 'user_deleted' })]
    expect(await atRabbitMq(broker.url).deliver(rows)).toEqual([OK, failed('was routed to no queue'), OK])
  })

  it('answered what is no answer', async () => {
    const broker = await fake(() => ({ status: 200, json: { routed: 'yes' } }))
    expect(await atRabbitMq(broker.url).deliver(rowsOf(1))).toEqual([failed('answered what nobody understands')])
  })
})

describe.each(SINKS)('$name', ({ name, answer, at, rows }) => {
  const unreached = failed(expect.stringMatching(/^could not be reached/))

  it.each([
    ['refuse', unreached],
    ['error', failed(name === 'Upstash' ? 'answered what is not JSON' : 'answered 500')],
  ] as const)('fails with %s, and says so in our own words', async (fault, verdict) => {
    const broker = await fake(answer)
    broker.fail(fault)
    expect(await at(broker.url).deliver(rows(2))).toEqual([verdict, verdict])
    expect(broker.accepted).toEqual([])
  })

  it('is not reached where nobody listens', async () => {
    const broker = await fake(answer)
    await broker.close()
    open = []
    expect(await at(broker.url).deliver(rows(1))).toEqual([unreached])
  })

  it('has taken what its answer was lost of, and takes it again under the same id', async () => {
    const broker = await fake(answer)
    const sink = at(broker.url)
    broker.fail('lose')
    expect(await sink.deliver(rows(1))).toEqual([unreached])
    broker.fail(undefined)
    expect(await sink.deliver(rows(1))).toEqual([OK])
    const [first, second] = broker.accepted
    expect(broker.accepted).toHaveLength(2)
    expect(first?.body).toBe(second?.body)
    for (const request of broker.accepted) expect(JSON.stringify(request)).toContain('event-0')
  })
})

describe.each(TELLING)('$name', ({ answer, at }) => {
  it('is not sent what does not fit the catalogue, which no repetition helps', async () => {
    const broker = await fake(answer)
    const unfit: Verdict = { ok: false, reason: 'does not fit the catalogue', final: true }
    expect(await at(broker.url).deliver([rowOf({ type: 'nobody_knows' })])).toEqual([unfit])
    expect(broker.asked()).toBe(0)
    const rows = [rowOf({ payload: {} }), ...rowsOf(1), rowOf({ type: 'nobody_knows' })]
    expect(await at(broker.url).deliver(rows)).toEqual([unfit, OK, unfit])
  })
})

// Upstash's client cannot be told; the others are.
describe.each(SINKS.filter(({ name }) => name !== 'Upstash'))('$name', ({ answer, at, rows }) => {
  it('is not followed elsewhere', async () => {
    const broker = await fake(answer)
    broker.fail('redirect')
    expect(await at(broker.url).deliver(rows(1))).toEqual([failed(expect.stringMatching(/^answered/))])
    expect(broker.asked()).toBe(1)
  })
})

const LEASE_MS = 50_000
/** How many of nine rows are tried, at the most, before all of them are given up. */
const TRIED: Record<string, number> = { RabbitMQ: 9, 'a webhook': 9, 'the mail service': 3 }

describe.concurrent.each(SINKS)('$name that hangs', ({ name, answer, at, rows }) => {
  it('is given up long before the lease on its rows runs out', { timeout: LEASE_MS }, async ({ expect }) => {
    const broker = await startFake(answer)
    broker.fail('hang')
    const began = performance.now()
    const verdicts = await at(broker.url).deliver(rows(9))
    expect(performance.now() - began).toBeLessThan(LEASE_MS / 2)
    expect(verdicts).toHaveLength(9)
    expect(verdicts[0]).toEqual({ ok: false, reason: expect.stringMatching(/(not|did not answer) in time$/) })
    expect(verdicts.filter(({ ok }) => ok)).toEqual([])
    expect(broker.asked()).toBeLessThanOrEqual(TRIED[name] ?? 2)
    await broker.close()
  })
})

describe.concurrent('a webhook that hangs', () => {
  it('has five seconds for each', { timeout: LEASE_MS }, async ({ expect }) => {
    const broker = await startFake(() => ({ status: 204 }))
    broker.fail('hang')
    const began = performance.now()
    expect(await atWebhook(broker.url).deliver(rowsOf(1))).toEqual([{ ok: false, reason: 'did not answer in time' }])
    expect(Math.round((performance.now() - began) / 1_000)).toBe(5)
    await broker.close()
  })
})
