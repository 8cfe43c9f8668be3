import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { goldenOf, shapeOf } from './golden.ts'
import { type Arrival, differences, type Ledger, ledgerOf } from './ledger.ts'
import { type Answer, type Service, sweepUntil } from './service.ts'
import { type Brokers, type Listeners, listenTo, startBrokers, startServiceBefore } from './setting-up.ts'

const PASSWORD = 'four random common words'
const OTHER = 'four other random words'
const PATIENCE_MS = 90_000

let brokers: Brokers
let service: Service
let hear: Listeners

beforeAll(async () => {
  brokers = await startBrokers()
  const { rabbit, proxy } = brokers
  console.log(`Before Kafka stands ${proxy.what}.`)
  service = await startServiceBefore(brokers, { rabbitUrl: rabbit.httpUrl, kafkaUrl: proxy.url })
  hear = await listenTo(brokers, service.stack)
})

afterAll(async () => {
  await hear?.stop()
  await service?.stop()
  await brokers?.stop()
})

const arrivals = (): Record<string, Arrival[]> => ({
  rabbitmq: hear.rabbitmq.arrivals(),
  kafka: hear.kafka.arrivals(),
  upstash: hear.upstash.arrivals(),
})

const ledgers = (): Record<string, Ledger> =>
  Object.fromEntries(Object.entries(arrivals()).map(([sink, all]) => [sink, ledgerOf(all)]))

const of = (sink: string, user: unknown): Arrival[] => ledgers()[sink]?.ofUser.get(Number(user)) ?? []

const counts = (user: unknown) => Object.keys(arrivals()).map((sink) => of(sink, user).length)

const hasAll = (user: unknown, count: number) => counts(user).every((here) => here === count)

const expectAll = async (user: unknown, count: number) => {
  await sweepUntil(service, () => hasAll(user, count), PATIENCE_MS)
  expect(counts(user)).toEqual([count, count, count])
}

const register = async (name: string, more: object = {}): Promise<Answer> => {
  const answer = await service.ask('POST', '/auth/register', {
    body: { email: `${name}@example.com`, password: PASSWORD, ...more },
  })
  expect(answer.status).toBe(201)
  return answer
}

const logIn = async (name: string, password = PASSWORD): Promise<string> => {
  const { status, body } = await service.ask('POST', '/auth/login', {
    body: { username: `${name}@example.com`, password },
  })
  expect(status).toBe(200)
  return String(body.access_token)
}

const unsent = (user: unknown, sink: string) =>
  service.rows(
    `select state, last_error from outbox where user_id = ${Number(user)} and sink = '${sink}' and state <> 'delivered'`,
  )

describe('a message that no queue wants', () => {
  it('is kept while nobody has bound a queue, and arrives when somebody does', async () => {
    const { body } = await register('early')
    await sweepUntil(service, () => of('kafka', body.user_id).length > 0, PATIENCE_MS)
    const kept = () => unsent(body.user_id, 'rabbitmq')
    await sweepUntil(service, async () => (await kept())[0]?.[1] !== null, PATIENCE_MS)
    expect(await kept()).toEqual([['waiting', 'was routed to no queue']])
    await hear.rabbitmq.connect()
    await expectAll(body.user_id, 1)
    expect(await kept()).toEqual([])
  })
})

describe('what somebody does', () => {
  const TYPES = ['user_registered', 'session_opened', 'session_opened', 'user_updated', 'password_changed']
  let user: unknown

  beforeAll(async () => {
    const { body } = await register('bob', { full_name: 'Bob' })
    user = body.user_id
    await expectAll(user, 1)
    await logIn('bob')
    await expectAll(user, 2)
    const token = await logIn('bob')
    await expectAll(user, 3)
    const done = async (method: string, path: string, body: object) =>
      (await service.ask(method, path, { body, token })).status
    expect(await done('PATCH', '/auth/me', { full_name: 'Robert' })).toBe(200)
    await expectAll(user, 4)
    expect(await done('POST', '/auth/password/change', { current_password: PASSWORD, new_password: OTHER })).toBe(204)
    await sweepUntil(service, () => hasAll(user, 6), PATIENCE_MS)
    expect(await done('POST', '/auth/logout', {})).toBe(200)
    await sweepUntil(service, () => hasAll(user, 7), PATIENCE_MS)
    const last = await logIn('bob', OTHER)
    await sweepUntil(service, () => hasAll(user, 8), PATIENCE_MS)
    const gone = await service.ask('DELETE', '/auth/me', { body: { password: OTHER }, token: last })
    expect(gone.status).toBe(204)
    await sweepUntil(service, () => hasAll(user, 10), PATIENCE_MS)
  })

  it('is told by every broker, under the same ids and in the same order', () => {
    const { rabbitmq, kafka, upstash } = ledgers()
    if (!rabbitmq || !kafka || !upstash) throw new Error('A sink is missing.')
    expect([rabbitmq.wrong, kafka.wrong, upstash.wrong]).toEqual([[], [], []])
    expect(differences(kafka, rabbitmq)).toEqual([])
    expect(differences(kafka, upstash)).toEqual([])
    const seen = of('kafka', user).map(({ key }) => key)
    expect(seen.slice(0, 5)).toEqual(TYPES.map((type) => goldenOf(type).kafka.key))
    expect(seen.slice(5).toSorted()).toEqual(
      ['session_ended', 'session_ended', 'session_ended', 'session_opened', 'user_deleted'].toSorted(),
    )
    expect(of('kafka', user).map(({ value }) => value.seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  })

  const typeOf = ({ key }: Arrival) => (key === 'new_user' || key === 'UserCreated' ? 'user_registered' : key)

  it.each(['kafka', 'upstash'])('has the shape of the golden files in %s', (sink) => {
    for (const arrival of of(sink, user)) {
      const { key, value } = goldenOf(typeOf(arrival)).kafka
      expect(arrival.key).toBe(key)
      expect(shapeOf(arrival.value, value)).toEqual(shapeOf(value, arrival.value))
    }
  })

  it('has the shape of the golden files in RabbitMQ, and tells its marks beside the message', () => {
    for (const arrival of of('rabbitmq', user)) {
      const { routingKey, message } = goldenOf(typeOf(arrival)).rabbitmq
      expect(arrival.key).toBe(routingKey)
      expect(shapeOf(arrival.value, message)).toEqual(shapeOf(message, arrival.value))
      const { event_id, user_id, seq } = arrival.value
      expect(arrival.headers).toEqual({ event_id, user_id, seq })
    }
    for (const [at, { messageId, type, contentType, deliveryMode }] of hear.rabbitmq.properties().entries()) {
      const { key, value } = hear.rabbitmq.arrivals()[at] ?? {}
      expect([messageId, type, contentType, deliveryMode]).toEqual([value?.event_id, key, 'application/json', 2])
    }
  })

  it('tells its marks in the headers of Upstash, as text', () => {
    for (const { value, headers } of of('upstash', user)) {
      const { event_id, user_id, seq } = value
      expect(headers).toEqual({ event_id, user_id: String(user_id), seq: String(seq) })
    }
  })
})

describe('brokers that are stopped and started again', () => {
  it('get all that happened meanwhile, in order, and a repetition under the same id', async () => {
    await Promise.all([brokers.rabbit.stop(), brokers.kafka.stop()])
    const names = ['cat', 'dan', 'eve', 'fay', 'gus']
    const users: unknown[] = []
    for (const name of names) {
      users.push((await register(name)).body.user_id)
      await logIn(name)
    }
    const recorded = async () =>
      (await service.rows(`select 1 from outbox where user_id in (${users.join()}) and type = 'session_opened'`)).length
    await sweepUntil(service, async () => (await recorded()) === names.length * 3, PATIENCE_MS)
    expect(users.map((user) => [of('rabbitmq', user), of('kafka', user)].flat().length)).toEqual(users.map(() => 0))
    await Promise.all([brokers.rabbit.start(), brokers.kafka.start()])
    await hear.rabbitmq.connect()
    await sweepUntil(service, () => users.every((user) => hasAll(user, 2)), PATIENCE_MS)
    expect(users.map(counts)).toEqual(users.map(() => [2, 2, 2]))
    const { rabbitmq, kafka } = ledgers()
    if (!rabbitmq || !kafka) throw new Error('A sink is missing.')
    expect([rabbitmq.wrong, kafka.wrong, differences(kafka, rabbitmq)]).toEqual([[], [], []])
    expect(await service.rows(`select sink, state, last_error from outbox where state not in ('delivered')`)).toEqual(
      [],
    )
  })
})
