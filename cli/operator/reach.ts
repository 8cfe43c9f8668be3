import { access, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { registryOf } from '../../dev/runner/places.ts'
import { livingRuns } from '../../dev/runner/runs.ts'
import type { Answer } from '../../src/compose/rpc/answer.ts'
import type { ShownUser } from '../../src/compose/rpc/use-cases.ts'
import type { OutboxStatus, WhichDead } from '../../src/features/events/outbox-status.ts'
import { Complaint } from '../complaint.ts'
import type { Place } from './request.ts'

type Asked<Message, Value = ShownUser> = (message: Message) => Promise<Answer<Value>>
/** `OperatorRpc`, as its callers see it. */
export type Operator = {
  getUser: Asked<{ userId: number }>
  findUser: Asked<{ identifier: string }>
  disableUser: Asked<{ userId: number }>
  enableUser: Asked<{ userId: number }>
  setRoles: Asked<{ userId: number; roles: string[] }>
  outboxStatus: Asked<object, OutboxStatus>
  replayDeadLetter: Asked<WhichDead, { replayed: number }>
  discardDeadLetter: Asked<WhichDead & { all: boolean }, { discarded: number }>
}
export type Question<Value> = (operator: Operator) => Promise<Answer<Value>>
export type Reached = { ask: <Value>(question: Question<Value>) => Promise<Answer<Value>>; leave: () => Promise<void> }

/** So that wrangler asks nobody, waits for no network of its own accord, and is not sent elsewhere by this shell. */
const QUIETLY = {
  WRANGLER_HIDE_BANNER: 'true',
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_SEND_ERROR_REPORTS: 'false',
  WRANGLER_LOG: 'error',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
}

/**
 * A service binding like that of any other Worker, so there is no secret to keep and no address to defend: on this machine
 * through the registry in which wrangler notes what runs, and deployed with the credentials of whoever is logged in.
 */
export async function reachOperator(root: string, place: Place): Promise<Reached> {
  Object.assign(process.env, QUIETLY)
  const { getPlatformProxy, unstable_readConfig } = await import('wrangler')
  const environment = place.deployed ? { env: place.environment } : {}
  const postern = unstable_readConfig({ config: join(root, 'wrangler.toml'), ...environment }, { hideWarnings: true })
  const service = postern.name ?? 'postern'
  if (!place.deployed) process.env.WRANGLER_REGISTRY_PATH = await registryWith(root, service)
  // What is bound here has no environments, and wrangler would look for the one that this shell names.
  delete process.env.CLOUDFLARE_ENV

  const folder = await mkdtemp(join(tmpdir(), 'postern-operator-'))
  const forget = () => rm(folder, { recursive: true, force: true })
  try {
    const configPath = join(folder, 'wrangler.json')
    const services = [{ binding: 'OPERATOR', service, entrypoint: 'OperatorRpc', remote: place.deployed }]
    const { account_id, compatibility_date } = postern
    await writeFile(configPath, JSON.stringify({ name: 'postern-operator', account_id, compatibility_date, services }))
    const proxy = await getPlatformProxy<{ OPERATOR: Operator }>({ configPath, persist: false, envFiles: [] })
    return {
      ask: (question) => answered(question, proxy.env.OPERATOR),
      leave: () => proxy.dispose().finally(forget),
    }
  } catch (error) {
    await forget()
    throw unreachable(error)
  }
}

async function registryWith(root: string, service: string): Promise<string> {
  for (const { temporary } of await livingRuns(root)) {
    const registry = registryOf(root, temporary)
    const noted = await access(join(registry, service)).then(
      () => true,
      () => false,
    )
    if (noted) return registry
  }
  throw new Complaint('The service is not running here. Start it with `npm run dev`, or say --production.')
}

/** The service answers refusals as values; what is thrown comes from the way there. */
async function answered<Value>(question: Question<Value>, operator: Operator): Promise<Answer<Value>> {
  try {
    return await question(operator)
  } catch (error) {
    throw unreachable(error)
  }
}

function unreachable(cause: unknown): Complaint {
  const [why = ''] = (cause instanceof Error ? cause.message : String(cause)).split('\n')
  return new Complaint(`The service could not be reached: ${why}`, { cause })
}
