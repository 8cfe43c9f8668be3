import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort } from '../node/dev-project.ts'
import { type Kafka, SMALL } from './kafka.ts'
import { listens, startProcess } from './process.ts'
import { type Artifact, classPathOf } from './tools.ts'

/** The last one that runs on Java 17, which Debian 12 has. */
const BRIDGE: Artifact = 'io.strimzi:kafka-bridge:0.33.1'

export type RestProxy = { url: string; what: string; stop(): Promise<void> }

type Way = (kafka: Kafka, folder: string, port: number) => Promise<{ what: string; args: string[] }>

/** Strimzi's bridge as Maven Central has it. */
const strimzi: Way = async ({ bootstrap }, folder, port) => {
  const classPath = await classPathOf([BRIDGE], join(folder, 'jars'))
  const settings = join(folder, 'application.properties')
  await writeFile(
    settings,
    `bridge.id=postern
kafka.bootstrap.servers=${bootstrap}
kafka.producer.acks=all
kafka.producer.delivery.timeout.ms=8000
kafka.producer.request.timeout.ms=4000
kafka.producer.max.block.ms=5000
http.host=127.0.0.1
http.port=${port}
http.consumer.enabled=false
`,
  )
  const args = ['-cp', classPath, 'io.strimzi.kafka.bridge.Application', `--config-file=${settings}`]
  return { what: `Strimzi's bridge (${BRIDGE})`, args }
}

/** Sixty lines around Kafka's own producer, for machines whose Maven repository lacks the bridge. */
const standIn: Way = async ({ bootstrap, classPath }, _, port) => {
  const source = join(import.meta.dirname, 'RestProxy.java')
  return {
    what: `a stand-in for a REST proxy, since Maven does not find ${BRIDGE}`,
    args: ['-Dorg.slf4j.simpleLogger.defaultLogLevel=error', '-cp', classPath, source, bootstrap, String(port)],
  }
}

/** REST Proxy API v2 in front of Kafka. It stays while Kafka is stopped and started. */
export async function startRestProxy(kafka: Kafka, folder: string): Promise<RestProxy> {
  await mkdir(folder, { recursive: true })
  const port = await freePort()
  const { what, args } = await strimzi(kafka, folder, port).catch(() => standIn(kafka, folder, port))
  const running = await startProcess({
    name: 'The REST proxy',
    command: 'java',
    args: ['-Xmx128m', ...SMALL.slice(1), ...args],
    log: join(folder, 'output.log'),
    ready: () => listens(port),
  })
  return { url: `http://127.0.0.1:${port}`, what, stop: running.stop }
}
