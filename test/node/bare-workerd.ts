import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import http from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

export type BareWorkerd = {
  port: number
  /** A connection of its own for each request; `cut` resets it, as a network does. */
  get: (path: string) => { answer: Promise<{ status: number; text: string }>; cut: () => void }
  stop: () => Promise<void>
}

/** workerd without a proxy before it, which would keep from the Worker that its caller is gone. The first module is the Worker. */
export async function startWorkerd(modules: Record<string, string>, flags: string[]): Promise<BareWorkerd> {
  const folder = await mkdtemp(join(tmpdir(), 'workerd-'))
  const quoted = (texts: string[]) => texts.map((text) => JSON.stringify(text)).join(', ')
  const embedded = Object.entries(modules).map(
    ([name, text]) => `(name = "${name}", esModule = ${JSON.stringify(text)})`,
  )
  const config = join(folder, 'config.capnp')
  await writeFile(
    config,
    `using Workerd = import "/workerd/workerd.capnp";
    const config :Workerd.Config = (
      services = [(name = "main", worker = (
        modules = [${embedded.join(', ')}],
        compatibilityDate = "2026-08-04", compatibilityFlags = [${quoted(flags)}]
      ))],
      sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")]
    );`,
  )
  const workerd = spawn(
    join(import.meta.dirname, '../../node_modules/.bin/workerd'),
    ['serve', config, '--control-fd=3'],
    {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    },
  )
  const control = workerd.stdio[3]
  if (!control) throw new Error('workerd has no control pipe.')
  const [line] = await once(createInterface({ input: control as NodeJS.ReadableStream }), 'line')
  const { port } = JSON.parse(String(line)) as { port: number }

  return {
    port,
    get(path) {
      const { promise, resolve } = Promise.withResolvers<{ status: number; text: string }>()
      const request = http.get({ host: '127.0.0.1', port, path, agent: false }, async (response) => {
        let text = ''
        for await (const chunk of response) text += chunk
        resolve({ status: response.statusCode ?? 0, text })
      })
      request.on('error', () => resolve({ status: 0, text: 'cut' }))
      return { answer: promise, cut: () => request.socket?.resetAndDestroy() }
    },
    async stop() {
      const ended = once(workerd, 'exit')
      workerd.kill()
      await ended
      await rm(folder, { recursive: true })
    },
  }
}
