import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort } from '../node/dev-project.ts'
import { listens, type Running, runToItsEnd, startProcess } from './process.ts'
import { classPathOf } from './tools.ts'

const VERSION = '4.3.1'
/** Small ones: this machine has other things to do. And they keep no file outside their folder. */
export const SMALL = ['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-XX:-UsePerfData']
const QUIET = ['-Dorg.slf4j.simpleLogger.defaultLogLevel=warn']

export type Kafka = {
  bootstrap: string
  /** The jars of Kafka itself, for its own clients too. */
  classPath: string
  start(): Promise<void>
  stop(): Promise<void>
}

/** Apache Kafka from Maven Central: broker and controller in one JVM, one partition for each topic. */
export async function prepareKafka(folder: string): Promise<Kafka> {
  const data = join(folder, 'data')
  await mkdir(data, { recursive: true })
  const [port, controller] = [await freePort(), await freePort()]
  const settings = join(folder, 'server.properties')
  await writeFile(
    settings,
    `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${controller}
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controller}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs=${data}
num.partitions=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
group.initial.rebalance.delay.ms=0
`,
  )
  const classPath = await classPathOf(
    [
      `org.apache.kafka:kafka_2.13:${VERSION}`,
      `org.apache.kafka:kafka-tools:${VERSION}`,
      // Writes to where it is read from; without one of its kind Kafka is silent also when it fails.
      'org.slf4j:slf4j-simple:1.7.36',
    ],
    join(folder, 'jars'),
  )
  const id = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('base64url')
  const format = ['kafka.tools.StorageTool', 'format', `--cluster-id=${id}`, '--config', settings]
  await runToItsEnd('java', [...SMALL, ...QUIET, '-cp', classPath, ...format])
  let broker: Running | undefined
  return {
    bootstrap: `127.0.0.1:${port}`,
    classPath,
    async start() {
      broker = await startProcess({
        name: 'Kafka',
        command: 'java',
        args: [...SMALL, ...QUIET, '-cp', classPath, 'kafka.Kafka', settings],
        log: join(folder, 'output.log'),
        ready: () => listens(port),
      })
    },
    async stop() {
      await broker?.stop()
      broker = undefined
    },
  }
}

/** Kafka's own console consumer, from the beginning, one line for each record: offset, headers, key, value. */
export function consoleConsumer(kafka: Kafka, topic: string, log: string, onLine: (line: string) => void) {
  const printed = ['print.offset', 'print.headers', 'print.key'].map((what) => `--formatter-property=${what}=true`)
  const args = ['--bootstrap-server', kafka.bootstrap, '--topic', topic, '--from-beginning', ...printed]
  const command = 'org.apache.kafka.tools.consumer.ConsoleConsumer'
  return startProcess({
    name: 'The console consumer',
    command: 'java',
    args: ['-Xmx96m', ...SMALL.slice(1), ...QUIET, '-cp', kafka.classPath, command, ...args],
    log,
    ready: async () => true,
    onLine,
  })
}
