import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { Complaint } from '../../cli/complaint.ts'
import { newSigningKey } from '../../cli/keys/new-signing-key.ts'
import { parseConfig } from '../../src/compose/config.ts'
import type { Ports } from './ports.ts'

export type DevVars = Record<string, string>

/** What stands for each `<…>` of the template on the first run. */
const secrets: Record<string, () => string | Promise<string>> = {
  password: () => randomText(24),
  secret: () => randomText(32),
  'signing key': () => newSigningKey('ES256', new Date()),
}

function randomText(bytes: number): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString('base64url')
}

/** Makes `.dev.vars` from its example on the first run; what a developer wrote is never touched. */
export async function readDevVars(root: string): Promise<DevVars> {
  const path = join(root, '.dev.vars')
  const existing = await readFile(path, 'utf8').catch(unlessMissing)
  if (existing !== undefined) return varsIn(existing)
  const made = await fillIn(await readFile(join(root, '.dev.vars.example'), 'utf8'))
  await writeFile(path, made, { flag: 'wx', mode: 0o600 })
  return varsIn(made)
}

async function fillIn(template: string): Promise<string> {
  const lines = template.split('\n').map(async (line) => {
    if (line.startsWith('#')) return line
    const [, name] = /<([^<>]+)>/.exec(line) ?? []
    if (name === undefined) return line
    const make = secrets[name]
    if (make === undefined) throw new Complaint(`.dev.vars.example asks for <${name}>, which nobody knows how to make.`)
    const secret = await make()
    return line.replace(`<${name}>`, () => secret)
  })
  return (await Promise.all(lines)).join('\n')
}

function varsIn(text: string): DevVars {
  const pairs = Object.entries(parseEnv(text)).filter((pair): pair is [string, string] => pair[1] !== undefined)
  return Object.fromEntries(pairs)
}

/**
 * `.dev.vars` names the service and the stack by their usual ports. Where they run elsewhere, every such address is
 * passed to the Worker with the port that it has now; the others are whatever the developer wants them to be.
 */
export function movedAddresses(vars: DevVars, ports: Omit<Ports, 'example'>, https: boolean): DevVars {
  const places: Record<string, string> = {
    '8787': `${https ? 'https' : 'http'}://$host:${ports.worker}`,
    '8788': `http://$host:${ports.stack}`,
  }
  const moved = Object.entries(vars).map(([name, value]) => {
    const local = /^https?:\/\/(localhost|127\.0\.0\.1):(8787|8788)(?=\/|$)/
    return [name, value.replace(local, (_, host, port) => (places[port] ?? '').replace('$host', host))] as const
  })
  return Object.fromEntries(moved.filter(([name, value]) => value !== vars[name]))
}

/** The Worker would refuse them too, but only at the first request. */
export function requireGoodSettings(vars: DevVars): void {
  try {
    parseConfig(vars)
  } catch (error) {
    throw new Complaint(`${(error as Error).message} Put it right in .dev.vars, or remove that file to get a new one.`)
  }
}

/** The stack asks for the password of the connection string, and for no other. */
export function stackPassword(vars: DevVars): string {
  const url = vars.DATABASE_URL ?? ''
  const password = URL.canParse(url) ? decodeURIComponent(new URL(url).password) : ''
  if (password === '') throw new Complaint('DATABASE_URL in .dev.vars needs a password: the local stack asks for it.')
  return password
}

function unlessMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
