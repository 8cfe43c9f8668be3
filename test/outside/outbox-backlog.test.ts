import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as passed } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openInbox } from '../../dev/stack/inbox.ts'
import { ledgerOf } from '../brokers/ledger.ts'
import { postgresServer } from '../node/own-postgres.ts'
import { type Service, startService } from '../support/harness.ts'
import { WEBHOOK_SECRET } from '../support/sinks-by-hand.ts'

const ROWS = 10_000
const EACH = 2
const ANSWER_MS = 200
const MAILS_PER_SECOND = 2

type Value = { event_id: string; user_id: number; seq: number }
const heard = { kafka: [] as Value[], webhook: [] as Value[] }
const kafkaCalls: number[] = []
const inbox = openInbox()
let mails = 0
let refused = 0
let open = 0
let mostOpen = 0
let second = { at: 0, calls: 0 }

/** Kafka's REST proxy, a webhook that takes its time, and a mail service that takes two calls a second. */
async function answer(incoming: IncomingMessage, outgoing: ServerResponse) {
  const body = JSON.parse(await text(incoming))
  const reply = (status: number, json: unknown) =>
    outgoing.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json))
  if (incoming.url?.startsWith('/topics/')) {
    kafkaCalls.push(body.records.length)
    heard.kafka.push(...body.records.map(({ value }: { value: Value }) => value))
    return reply(200, { offsets: body.records.map((_: unknown, offset: number) => ({ partition: 0, offset })) })
  }
  if (incoming.url === '/hook') {
    open += 1
    mostOpen = Math.max(mostOpen, open)
    await passed(ANSWER_MS)
    open -= 1
    heard.webhook.push(body.data)
    return reply(200, {})
  }
  const at = Math.floor(performance.now() / 1000)
  second = { at, calls: second.at === at ? second.calls + 1 : 1 }
  if (second.calls > MAILS_PER_SECOND) {
    refused += 1
    return reply(429, { statusCode: 429, name: 'rate_limit_exceeded', message: 'Too many requests.' })
  }
  const batch = incoming.url === '/emails/batch'
  const request = { method: 'POST', path: '', query: new URLSearchParams(), json: body }
  const header = (name: string) => incoming.headersDistinct[name]?.join(', ')
  const taken = await (batch ? inbox.receiveBatch : inbox.receive)({ ...request, header })
  if (taken.status === 200) mails += batch ? body.length : 1
  return reply(taken.status, JSON.parse(taken.body))
}

const outside = createServer((incoming, outgoing) => void answer(incoming, outgoing))
let service: Service
let server: Awaited<ReturnType<typeof postgresServer>>

beforeAll(async () => {
  outside.listen(0, '127.0.0.1')
  await once(outside, 'listening')
  const url = `http://127.0.0.1:${(outside.address() as AddressInfo).port}`
  server = await postgresServer()
  service = await startService({
    settings: {
      KAFKA_REST_URL: url,
      WEBHOOKS: `${url}/hook`,
      WEBHOOK_SECRETS: WEBHOOK_SECRET,
      WEBHOOKS_ALLOW_PRIVATE: 'on',
      RESEND_API_KEY: 're_test',
      RESEND_BASE_URL: url,
      MAIL_FROM: 'Postern <postern@example.com>',
    },
    database: server?.url,
  })
})

afterAll(async () => {
  await service.stop()
  await server?.stop()
  outside.closeAllConnections()
  outside.close()
})

const query = async (text: string) => (await service.stack.engine.query({ text })).rows

/** Every user has two events, which must come in order. */
const fill = (sink: string, payload: string) =>
  query(`insert into outbox (event_id, sink, user_id, seq, type, payload, created_at, next_at)
    select 'event-' || n, '${sink}', 1 + n / ${EACH}, 1 + n % ${EACH}, 'password_changed', ${payload}, now(), now()
    from generate_series(0, ${ROWS - 1}) as n`)

it('10,000 rows each: Kafka in one sweep, mail within two minutes, a webhook within three; nothing lost, twice or out of order', async () => {
  for (const sink of ['kafka-rest', 'webhook:1']) await fill(sink, `'{}'::jsonb`)
  await fill(
    'mail',
    `jsonb_build_object('template', 'welcome', 'to', 'user' || n || '@example.com', 'locale', null, 'values', '{}'::jsonb)`,
  )
  const began = performance.now()
  const took: Record<string, number> = {}
  const swept = fetch(`${service.url}/cdn-cgi/local/scheduled?cron=*+*+*+*+*`).then(() => {
    took.sweep = performance.now() - began
  })
  for (let left = -1; left !== 0 && performance.now() - began < 200_000; ) {
    await passed(500)
    const waiting = new Map(
      (await query(`select sink, count(*) from outbox where state = 'waiting' group by 1`)).map(([sink, count]) => [
        sink,
        Number(count),
      ]),
    )
    for (const sink of ['kafka-rest', 'mail', 'webhook:1'])
      if (!waiting.get(sink)) took[sink] ??= performance.now() - began
    left = [...waiting.values()].reduce((all, one) => all + one, 0)
  }
  await swept
  const told = JSON.stringify({ took, mails, refused, mostOpen, kafkaCalls: kafkaCalls.length })
  console.info(told)
  expect(
    await query(`select sink, state, last_error, count(*) from outbox where state <> 'delivered' group by 1, 2, 3`),
    told,
  ).toEqual([])
  expect(took['kafka-rest'], told).toBeLessThanOrEqual(25_000)
  expect(took.mail, told).toBeLessThanOrEqual(120_000)
  expect(took['webhook:1'], told).toBeLessThanOrEqual(180_000)
  expect(mails).toBe(ROWS)
  for (const [sink, values] of Object.entries(heard)) {
    const { wrong, duplicates, ofUser } = ledgerOf(values.map((value) => ({ key: '', value, headers: {} })))
    expect([sink, wrong, duplicates, [...ofUser.values()].flat().length]).toEqual([sink, [], 0, ROWS])
  }
})
