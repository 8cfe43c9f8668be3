import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { openEngine } from '../../dev/stack/engine.ts'
import { memoryFolder } from '../support/memory.ts'
import { freePort } from './dev-project.ts'

const VERSIONS = '/usr/lib/postgresql'

/** The newest server that Debian's packages have put here. */
function binaries(): string | undefined {
  const versions = existsSync(VERSIONS) ? readdirSync(VERSIONS) : []
  const [newest] = versions.toSorted((one, other) => Number(other) - Number(one))
  const folder = join(VERSIONS, newest ?? '', 'bin')
  return existsSync(join(folder, 'initdb')) ? folder : undefined
}

const idOf = (flag: '-u' | '-g') => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))

/** PostgreSQL does not run as root. */
const asWhom = () => (process.getuid?.() === 0 ? { uid: idOf('-u'), gid: idOf('-g') } : {})

/** Not vitest's own way of waiting, since the measurements start a server too. */
async function persistently(ask: () => Promise<unknown>) {
  for (const until = Date.now() + 30_000; ; await setTimeout(100)) {
    try {
      return await ask()
    } catch (error) {
      if (Date.now() > until) throw error
    }
  }
}

/**
 * A server for races between transactions, which the embedded engine, with its one session, runs one after another: the one
 * that TEST_DATABASE_URL names, or one of our own. Undefined where this machine has none.
 */
export async function postgresServer(): Promise<{ url: string; stop: () => Promise<unknown> } | undefined> {
  const { TEST_DATABASE_URL: given } = process.env
  if (given) return { url: given, stop: async () => undefined }
  const bin = binaries()
  if (!bin) return undefined
  const folder = mkdtempSync(join(memoryFolder() ?? tmpdir(), 'postern-pg-'))
  const who = asWhom()
  if (who.uid !== undefined) chownSync(folder, who.uid, who.gid)
  const data = join(folder, 'data')
  const options = ['-A', 'trust', '-U', 'postern', '--locale=C.UTF-8', '-E', 'UTF8', '--no-sync']
  execFileSync(join(bin, 'initdb'), ['-D', data, ...options], { ...who, cwd: folder, stdio: 'pipe' })
  const port = String(await freePort())
  const places = ['-D', data, '-p', port, '-k', folder, '-h', '127.0.0.1', '-F']
  const server = spawn(join(bin, 'postgres'), places, { ...who, cwd: folder, stdio: 'ignore' })
  const url = `postgres://postern:trusted@127.0.0.1:${port}/postgres`
  const answers = async () => {
    const engine = await openEngine({ url })
    await engine.query({ text: 'select 1' }).finally(() => engine.close())
  }
  await persistently(answers)
  const stop = async () => {
    server.kill('SIGINT')
    await once(server, 'exit')
    rmSync(folder, { recursive: true })
  }
  return { url, stop }
}
