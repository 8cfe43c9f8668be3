import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { type Built, ROOT } from './build.ts'
import { endWithUs } from './end-with-us.ts'

/** Another Worker: beside this one by its name, or in another process by its port. */
type Other = { entrypoint: string } & ({ worker: string } | { port: number })

/** A Worker to serve: its build, its settings, and how its bindings to Durable Objects and to other Workers are called. */
export type Served = {
  built: Built
  settings?: Record<string, string>
  objects?: Record<string, string>
  services?: Record<string, Other>
  /** What other processes reach at its port, instead of its address for HTTP. */
  entrypoint?: string
}

export type Workerd = {
  pid: number
  /** Where each Worker listens, by its name. */
  port: (name: string) => number
  stop: () => Promise<void>
}

/**
 * workerd alone, without the proxy and the inspector that wrangler puts before it. KV, the assets and the rate limit are
 * answered by a Worker of ten lines in the same process.
 */
export async function serve(workers: Record<string, Served>): Promise<Workerd> {
  const folder = await mkdtemp(join(tmpdir(), 'postern-workerd-'))
  await mkdir(join(folder, 'objects'))
  const config = join(folder, 'config.capnp')
  await writeFile(config, configOf(workers, folder))
  // Embedded, since the reader of the configuration takes longer over a text of half a megabyte than the engine over the code.
  for (const [name, { built }] of Object.entries(workers)) await writeFile(join(folder, `${name}.js`), built.code)
  const words = ['serve', config, '--experimental', '--control-fd=3']
  const workerd = spawn(join(ROOT, 'node_modules/.bin/workerd'), words, { stdio: ['ignore', 'ignore', 'pipe', 'pipe'] })
  const complaints: string[] = []
  const [, , errors, control] = workerd.stdio
  if (!errors || !control) throw new Error('workerd has no pipes.')
  createInterface({ input: errors }).on('line', (line) => complaints.push(line))
  const running = endWithUs(workerd)
  const stop = async () => {
    await running.stop()
    await rm(folder, { recursive: true, force: true })
  }
  const ports = new Map<string, number>()
  for await (const line of createInterface({ input: control as Readable })) {
    const { event, socket, port } = JSON.parse(line) as { event: string; socket: string; port: number }
    if (event === 'listen') ports.set(socket, port)
    if (ports.size === Object.keys(workers).length) break
  }
  if (ports.size < Object.keys(workers).length) {
    await stop()
    throw new Error(`workerd has ended:\n${complaints.join('\n')}`)
  }
  return { pid: workerd.pid ?? 0, port: (name) => ports.get(name) ?? 0, stop }
}

const PLATFORM = `
  import { WorkerEntrypoint } from 'cloudflare:workers'
  export class Limit extends WorkerEntrypoint {
    limit() { return { success: true } }
  }
  const kept = new Map()
  export default {
    async fetch(request) {
      const { pathname } = new URL(request.url)
      if (request.method === 'PUT') kept.set(pathname, await request.text())
      if (request.method !== 'GET') return new Response()
      return kept.has(pathname) ? new Response(kept.get(pathname)) : new Response(null, { status: 404 })
    },
  }`

const text = (value: string) => JSON.stringify(value)
const list = (items: readonly string[]) => `[${items.join(', ')}]`

function configOf(workers: Record<string, Served>, folder: string): string {
  const services = Object.entries(workers).map(
    ([name, worker]) => `(name = ${text(name)}, worker = ${workerOf(name, worker)})`,
  )
  const sockets = Object.entries(workers).map(([name, { entrypoint }]) => {
    const service = entrypoint === undefined ? text(name) : `(name = ${text(name)}, entrypoint = ${text(entrypoint)})`
    return `(name = ${text(name)}, address = "127.0.0.1:0", http = (capnpConnectHost = "rpc"), service = ${service})`
  })
  const elsewhere = Object.entries(workers).flatMap(([name, { services = {} }]) =>
    Object.entries(services).flatMap(([key, other]) =>
      'port' in other
        ? [
            `(name = ${text(`${name}-${key}`)}, external = (address = "127.0.0.1:${other.port}", http = (capnpConnectHost = "rpc")))`,
          ]
        : [],
    ),
  )
  const platform = `(modules = [(name = "platform", esModule = ${text(PLATFORM)})], compatibilityDate = "2026-08-01", compatibilityFlags = ["rpc"])`
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = ${list([
    ...services,
    ...elsewhere,
    `(name = "platform", worker = ${platform})`,
    `(name = "network", network = (allow = ["public", "private"]))`,
    `(name = "objects", disk = (path = ${text(join(folder, 'objects'))}, writable = true))`,
  ])},
  sockets = ${list(sockets)}
);
`
}

function workerOf(name: string, { built, settings = {}, objects = {}, services = {} }: Served): string {
  const bindings = [
    ...Object.entries(settings).map(([key, value]) => `(name = ${text(key)}, text = ${text(value)})`),
    ...Object.entries(objects).map(([key, kind]) => `(name = ${text(key)}, durableObjectNamespace = ${text(kind)})`),
    ...Object.entries(services).map(([key, other]) => {
      const entrypoint = `entrypoint = ${text(other.entrypoint)}`
      const service = 'port' in other ? text(`${name}-${key}`) : `(name = ${text(other.worker)}, ${entrypoint})`
      return `(name = ${text(key)}, service = ${service})`
    }),
    `(name = "PROFILES", kvNamespace = "platform")`,
    `(name = "ASSETS", service = "platform")`,
    `(name = "FORGED_TOKENS", service = (name = "platform", entrypoint = "Limit"))`,
  ]
  const namespaces = built.durableObjects.map(
    (kind) => `(className = ${text(kind)}, uniqueKey = ${text(`${name}-${kind}`)}, enableSql = true)`,
  )
  return `(
    modules = [(name = ${text(name)}, esModule = embed ${text(`${name}.js`)})],
    compatibilityDate = ${text(built.compatibilityDate)}, compatibilityFlags = ${list(built.compatibilityFlags.map(text))},
    bindings = ${list(bindings)}, globalOutbound = "network",
    durableObjectNamespaces = ${list(namespaces)}, durableObjectStorage = (localDisk = "objects")
  )`
}
