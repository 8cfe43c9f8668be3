import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Kafka, prepareKafka } from './kafka.ts'
import {
  type Listener,
  listenToKafka,
  listenToRabbitMq,
  listenToUpstash,
  loadAmqp,
  type RabbitListener,
} from './listeners.ts'
import { endAtTheLatest } from './process.ts'
import { prepareRabbitMq, type RabbitMq } from './rabbitmq.ts'
import { fetchBridge, type RestProxy, startRestProxy } from './rest-proxy.ts'
import { type Service, startService } from './service.ts'
import { requireTools } from './tools.ts'

export const TOPIC = 'uploading_data'

export type Brokers = { folder: string; rabbit: RabbitMq; kafka: Kafka; proxy: RestProxy; stop(): Promise<void> }

/** Everything lies in a temporary folder and ends with whoever started it. */
export async function startBrokers(): Promise<Brokers> {
  await requireTools()
  const folder = await mkdtemp(join(tmpdir(), 'postern-brokers-'))
  const forget = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  const settled = endAtTheLatest(forget)
  const ending: (() => unknown)[] = [settled, forget]
  const stop = async () => {
    for (const step of ending.splice(0).toReversed()) await step()
  }
  try {
    const forProxy = join(folder, 'rest-proxy')
    const rabbit = await prepareRabbitMq(join(folder, 'rabbitmq'))
    // One after the other: two Mavens that fill one empty repository get into each other's way.
    const kafka = await prepareKafka(join(folder, 'kafka'))
    const bridge = await fetchBridge(forProxy)
    ending.push(rabbit.stop, kafka.stop)
    await Promise.all([rabbit.start(), kafka.start()])
    const proxy = await startRestProxy(kafka, forProxy, bridge)
    ending.push(proxy.stop)
    return { folder, rabbit, kafka, proxy, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

export type Listeners = { rabbitmq: RabbitListener; kafka: Listener; upstash: Listener; stop(): Promise<void> }

type Heard = { events: Parameters<typeof listenToUpstash>[0] }

/** Nobody is connected to RabbitMQ yet, so it has no queue. */
export async function listenTo({ folder, rabbit, kafka }: Brokers, { events }: Heard): Promise<Listeners> {
  const rabbitmq = listenToRabbitMq(await loadAmqp(join(folder, 'amqp')), rabbit)
  const toKafka = await listenToKafka(kafka, TOPIC, folder)
  return {
    rabbitmq,
    kafka: toKafka,
    upstash: listenToUpstash(events),
    async stop() {
      await toKafka.stop()
      await rabbitmq.stop()
    },
  }
}

type Addresses = { rabbitUrl: string; kafkaUrl: string }

/** All sinks at once. */
export function startServiceBefore(brokers: Brokers, { rabbitUrl, kafkaUrl }: Addresses): Promise<Service> {
  const { username, password } = brokers.rabbit.credentials
  return startService(brokers.folder, (stack) => ({
    EVENTS_TOPIC: TOPIC,
    RABBITMQ_HTTP_URL: rabbitUrl,
    RABBITMQ_USERNAME: username,
    RABBITMQ_PASSWORD: password,
    KAFKA_REST_URL: kafkaUrl,
    UPSTASH_KAFKA_REST_URL: stack.url,
    UPSTASH_KAFKA_REST_USERNAME: 'postern',
    UPSTASH_KAFKA_REST_PASSWORD: 'only-for-tests',
    RESEND_API_KEY: 're_only_for_tests',
    RESEND_BASE_URL: stack.url,
    MAIL_FROM: 'Postern <postern@example.com>',
    MAX_MAILS_PER_HOUR: '5000',
  }))
}
