import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort } from '../node/dev-project.ts'
import { listens, type Running, startProcess } from './process.ts'

export type RabbitMq = {
  amqpUrl: string
  httpUrl: string
  credentials: { username: string; password: string }
  /** On the same ports with the same data. */
  start(): Promise<void>
  stop(): Promise<void>
}

/** Debian's RabbitMQ with its management plugin: a node of its own, which no other one on this machine notices. */
export async function prepareRabbitMq(folder: string): Promise<RabbitMq> {
  await mkdir(folder, { recursive: true })
  const [amqp, http, distribution, mapper] = [await freePort(), await freePort(), await freePort(), await freePort()]
  const password = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('hex')
  await writeFile(join(folder, 'enabled_plugins'), '[rabbitmq_management].\n')
  await writeFile(
    join(folder, 'rabbitmq.conf'),
    `listeners.tcp.1 = 127.0.0.1:${amqp}
management.tcp.ip = 127.0.0.1
management.tcp.port = ${http}
default_user = postern
default_pass = ${password}
`,
  )
  const env = {
    // Where Erlang keeps the secret of the node.
    HOME: folder,
    ERL_EPMD_PORT: String(mapper),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_NODENAME: 'postern@localhost',
    RABBITMQ_DIST_PORT: String(distribution),
    RABBITMQ_MNESIA_BASE: join(folder, 'data'),
    RABBITMQ_LOG_BASE: join(folder, 'log'),
    RABBITMQ_LOGS: '-',
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'enabled_plugins'),
    RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq'),
    RABBITMQ_CONF_ENV_FILE: '/dev/null',
    RABBITMQ_PID_FILE: join(folder, 'pid'),
    // One scheduler, which sleeps when there is nothing to do.
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+S 1:1 +sbwt none +sbwtdcpu none +sbwtdio none',
  }
  let running: Running[] = []
  const log = join(folder, 'output.log')
  return {
    amqpUrl: `amqp://postern:${password}@127.0.0.1:${amqp}`,
    httpUrl: `http://127.0.0.1:${http}`,
    credentials: { username: 'postern', password },
    async start() {
      // Erlang would start this one by itself, as a daemon that outlives everything.
      const args = ['-port', String(mapper), '-address', '127.0.0.1']
      const names = { name: 'epmd', command: 'epmd', args, log: join(folder, 'epmd.log'), ready: () => listens(mapper) }
      running.push(await startProcess(names))
      const ready = async () => (await listens(amqp)) && (await listens(http))
      // Debian's own wrapper would change the user, and with it lose these variables.
      const command = '/usr/lib/rabbitmq/bin/rabbitmq-server'
      running.push(await startProcess({ name: 'RabbitMQ', command, args: [], env, log, ready }))
    },
    async stop() {
      for (const one of running.toReversed()) await one.stop()
      running = []
    },
  }
}
