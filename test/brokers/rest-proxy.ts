import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort } from '../node/dev-project.ts'
import { type Kafka, SMALL } from './kafka.ts'
import { listens, startProcess } from './process.ts'
import { type Artifact, classPathOf } from './tools.ts'

/** The last one that runs on Java 17, which Debian 12 has. */
const BRIDGE: Artifact = 'io.strimzi:kafka-bridge:0.33.1'

export type RestProxy = { url: string; what: string; stop(): Promise<void> }

type Way = { what: string; args: string[] }

/** Strimzi's bridge as Maven Central has it. */
async function strimzi(classPath: string, { bootstrap }: Kafka, folder: string, port: number): Promise<Way> {
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
`,
  )
  // Vert.x unpacks files there, which stay when it is killed.
  const args = [
    `-Djava.io.tmpdir=${folder}`,
    '-cp',
    classPath,
    'io.strimzi.kafka.bridge.Application',
    `--config-file=${settings}`,
  ]
  return { what: `Strimzi's bridge (${BRIDGE})`, args }
}

/** A page of Java around Kafka's own producer, for machines whose Maven repository lacks the bridge. */
function standIn({ bootstrap, classPath }: Kafka, port: number): Way {
  const source = join(import.meta.dirname, 'RestProxy.java')
  return {
    what: `a stand-in for a REST proxy, since Maven does not find ${BRIDGE}`,
    args: ['-Dorg.slf4j.simpleLogger.defaultLogLevel=error', '-cp', classPath, source, bootstrap, String(port)],
  }
}

/** Null if Maven's repository does not have the bridge. If the repository does not answer, it throws. */
export async function fetchBridge(folder: string): Promise<string | null> {
  try {
    return await classPathOf([BRIDGE], folder)
  } catch (error) {
    const [group, name, version] = BRIDGE.split(':')
    if (String(error).includes(`Could not find artifact ${group}:${name}:jar:${version} in `)) return null
    throw error
  }
}

/** REST Proxy API v2 in front of Kafka. It stays while Kafka is stopped and started. */
export async function startRestProxy(kafka: Kafka, folder: string, bridge: string | null): Promise<RestProxy> {
  const port = await freePort()
  const { what, args } = bridge === null ? standIn(kafka, port) : await strimzi(bridge, kafka, folder, port)
  const running = await startProcess({
    name: 'The REST proxy',
    command: 'java',
    args: ['-Xmx128m', ...SMALL.slice(1), ...args],
    log: join(folder, 'output.log'),
    ready: () => listens(port),
  })
  return { url: `http://127.0.0.1:${port}`, what, stop: running.stop }
}
