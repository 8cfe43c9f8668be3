import { join } from 'node:path'
import type { EventLog } from '../../dev/stack/events.ts'
import { consoleConsumer, type Kafka } from './kafka.ts'
import { type Arrival, asValue } from './ledger.ts'
import type { RabbitMq } from './rabbitmq.ts'
import { loadFromNpm } from './tools.ts'

/** Whoever builds on Postern's events, with an ordinary client of their broker. */
export type Listener = { arrivals(): Arrival[]; stop(): Promise<void> }

/** Of `amqplib` what is used here. */
type Amqp = { connect(url: string): Promise<Connection> }
type Connection = {
  createChannel(): Promise<Channel>
  on(event: 'error', heard: (error: Error) => void): void
  close(): Promise<void>
}
type Channel = {
  assertQueue(name: string, options: { durable: boolean }): Promise<unknown>
  bindQueue(queue: string, exchange: string, pattern: string): Promise<unknown>
  consume(queue: string, take: (message: Message | null) => void): Promise<unknown>
  ack(message: Message): void
}
export type Properties = {
  headers: Record<string, unknown>
  messageId: string
  type: string
  timestamp: number
  contentType: string
  deliveryMode: number
}
type Message = { content: Buffer; fields: { routingKey: string }; properties: Properties }

export type RabbitListener = Listener & {
  properties(): Properties[]
  /** Again after the broker has been away. */
  connect(): Promise<void>
}

const QUEUE = 'everything'

export const loadAmqp = (folder: string) => loadFromNpm<Amqp>('amqplib', '2.3.1', folder)

/** A durable queue that is bound to everything as soon as somebody connects. */
export function listenToRabbitMq(amqp: Amqp, { amqpUrl }: RabbitMq, exchange = 'amq.topic'): RabbitListener {
  const messages: Message[] = []
  let connection: Connection | undefined
  const leave = async () => {
    const left = connection
    connection = undefined
    // A broker that has gone away has closed it already.
    await left?.close().catch(() => undefined)
  }
  return {
    arrivals: () =>
      messages.map(({ content, fields, properties }) => ({
        key: fields.routingKey,
        value: asValue(String(content)),
        headers: properties.headers,
      })),
    properties: () => messages.map(({ properties }) => properties),
    async connect() {
      await leave()
      connection = await amqp.connect(amqpUrl)
      // The broker is stopped on purpose now and then.
      connection.on('error', () => undefined)
      const channel = await connection.createChannel()
      await channel.assertQueue(QUEUE, { durable: true })
      await channel.bindQueue(QUEUE, exchange, '#')
      await channel.consume(QUEUE, (message) => {
        if (!message) return
        messages.push(message)
        channel.ack(message)
      })
    },
    stop: leave,
  }
}

/** Through the REST proxy a key is JSON, as the value is: `"new_user"`, with its quotes. */
export async function listenToKafka(kafka: Kafka, topic: string, folder: string): Promise<Listener> {
  const lines: string[] = []
  const log = join(folder, 'consumer.log')
  const running = await consoleConsumer(kafka, topic, log, (line) => {
    if (line.startsWith('Offset:')) lines.push(line)
  })
  return {
    arrivals: () =>
      lines.map((line) => {
        const [, , key = '', value = ''] = line.split('\t')
        return { key: String(JSON.parse(key)), value: asValue(value), headers: {} }
      }),
    stop: running.stop,
  }
}

/** The local stack's log of what came over Upstash's protocol. */
export function listenToUpstash(events: Pick<EventLog, 'events'>): Listener {
  return {
    arrivals: () =>
      events.events().map(({ key, value, headers }) => ({
        key: key ?? '',
        value: asValue(value),
        headers: Object.fromEntries(headers.map((header) => [header.key, header.value])),
      })),
    stop: async () => undefined,
  }
}
