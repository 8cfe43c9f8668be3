import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const NAMES = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome']

/** The first browser on this machine, or what CHROMIUM names. */
export function findBrowser(): string | undefined {
  const names = process.env.CHROMIUM ? [process.env.CHROMIUM] : NAMES
  return names.find((name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0)
}

const FLAGS = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
  ...['--disable-background-networking', '--disable-component-update', '--window-size=1280,1600'],
  '--remote-debugging-port=0',
]

type Message = { id?: number; method?: string; params?: never; result?: unknown; error?: { message: string } }
export type Said = { method: string; params: Record<string, unknown> }

export type Browser = {
  /** One command of the DevTools protocol to the only page. */
  send: <Result = unknown>(method: string, params?: object) => Promise<Result>
  /** Everything that the browser has told of since it was last asked. */
  heard: () => Said[]
  close: () => Promise<void>
}

export async function openBrowser(program: string): Promise<Browser> {
  const profile = await mkdtemp(join(tmpdir(), 'postern-browser-'))
  const child = spawn(program, [...FLAGS, `--user-data-dir=${profile}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    // The program may be a script that starts the browser, so all of its group is ended.
    detached: true,
  })
  const ended = once(child, 'exit')
  const socket = new WebSocket(await pageOf(await devToolsOf(child.stderr)))
  await once(socket, 'open')
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  let said: Said[] = []
  socket.addEventListener('message', ({ data }) => {
    const message: Message = JSON.parse(String(data))
    if (message.method) said.push({ method: message.method, params: message.params ?? {} })
    const asked = waiting.get(message.id ?? -1)
    if (message.error) asked?.reject(new Error(message.error.message))
    else asked?.resolve(message.result)
  })
  let count = 0
  return {
    send: <Result>(method: string, params: object = {}) => {
      count += 1
      const asked = Promise.withResolvers<unknown>()
      waiting.set(count, asked)
      socket.send(JSON.stringify({ id: count, method, params }))
      return asked.promise as Promise<Result>
    },
    heard: () => {
      const heard = said
      said = []
      return heard
    },
    close: async () => {
      if (child.pid) process.kill(-child.pid, 'SIGKILL')
      await ended
      await rm(profile, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

async function devToolsOf(errors: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: errors })) {
    const [, host] = /DevTools listening on ws:\/\/([^/]+)\//.exec(line) ?? []
    if (host) return host
  }
  throw new Error('The browser has ended.')
}

async function pageOf(host: string): Promise<string> {
  const targets = (await (await fetch(`http://${host}/json`)).json()) as {
    type: string
    webSocketDebuggerUrl: string
  }[]
  const page = targets.find(({ type }) => type === 'page')
  if (!page) throw new Error('The browser shows no page.')
  return page.webSocketDebuggerUrl
}
