import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { delimiter, dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { markName } from '../processes/mark.ts'
import { until } from '../processes/until.ts'
import type { DevVars } from './dev-vars.ts'
import type { Places } from './places.ts'

export type WorkerOptions = {
  root: string
  port: number
  https: boolean
  /** The wrangler.toml of each Worker, from the root; the first one answers at `port`. */
  configs: readonly string[]
  /** Where it keeps its Durable Objects and its KV. */
  state: string
  places: Places
  /** Takes precedence over `.dev.vars`. */
  vars: DevVars
  mark: string
  onLine(line: string): void
}

export type WorkerProcess = {
  /** Resolves when wrangler has ended, whoever ended it. */
  ended: Promise<void>
  hasEnded(): boolean
  stop(): Promise<void>
}

/** The service, and the Worker that hashes passwords for it. */
export const SERVICE = ['wrangler.toml', 'workers/hash/wrangler.toml']

export function startWorker(options: WorkerOptions): WorkerProcess {
  const { root, onLine } = options
  const cli = join(root, 'node_modules/wrangler/wrangler-dist/cli.js')
  const child = spawn(process.execPath, ['--no-warnings', cli, ...argumentsOf(options)], {
    cwd: root,
    env: environmentOf(options),
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: Ctrl-C reaches the runner alone, which then ends things in order.
    detached: process.platform !== 'win32',
  })
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', onLine)
  const ended = once(child, 'exit').then(() => undefined)
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null
  return { ended, hasEnded, stop: () => stop(child, hasEnded) }
}

function argumentsOf({ configs, port, https, state, vars }: WorkerOptions): string[] {
  return [
    'dev',
    ...configs.flatMap((config) => ['--config', config]),
    ...['--ip', '127.0.0.1', '--port', String(port), '--local-protocol', https ? 'https' : 'http'],
    ...['--persist-to', state, '--show-interactive-dev-session=false'],
    ...Object.entries(vars).flatMap(([name, value]) => ['--var', `${name}:${value}`]),
  ]
}

function environmentOf({ root, places, mark }: WorkerOptions): NodeJS.ProcessEnv {
  const { temporary } = places
  // The build command calls `node`: it must be the one that runs this file.
  const path = [dirname(process.execPath), join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter)
  return {
    ...process.env,
    PATH: path,
    [markName]: mark,
    // wrangler removes its own folder there, unless it is killed.
    ...(temporary !== undefined && { TMPDIR: temporary }),
    WRANGLER_REGISTRY_PATH: places.registry,
    WRANGLER_LOG_PATH: places.wranglerLogs,
    // Nothing of these works offline, and two of them would wait for the network.
    WRANGLER_HIDE_BANNER: 'true',
    WRANGLER_SEND_METRICS: 'false',
    WRANGLER_SEND_ERROR_REPORTS: 'false',
    WRANGLER_NO_SKILLS_UPDATE_PROMPTS: 'true',
    CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  }
}

/** wrangler is asked, so that it ends workerd itself; what is left of its group after that is not asked. */
async function stop(child: ChildProcess, hasEnded: () => boolean): Promise<void> {
  child.kill('SIGTERM')
  await until(hasEnded, 5_000)
  endGroup(child)
  await until(hasEnded, 5_000)
}

function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return
  if (process.platform === 'win32') {
    spawn('taskkill', ['/pid', String(pid), '/T', '/F'], { stdio: 'ignore' })
    return
  }
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
