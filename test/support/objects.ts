import { evictDurableObject, listDurableObjectIds, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { vi } from 'vitest'
import type { LoginGuard, UserSessions } from '../../src/compose/objects.ts'

export type Stub = DurableObjectStub<LoginGuard> | DurableObjectStub<UserSessions>

/** What the clock of the golden objects showed first, and how much later they were taken. */
export const GOLDEN_START = Date.parse('2027-01-15T08:00:00Z')
export const GUARD_TAKEN = GOLDEN_START + 38_000
export const SESSIONS_TAKEN = GOLDEN_START + 2_049_000

export const at = (time: number) => void vi.useFakeTimers({ toFake: ['Date'], now: time })

export const inside = <Result>(stub: Stub, look: (storage: DurableObjectStorage) => Result | Promise<Result>) =>
  runInDurableObject<LoginGuard | UserSessions, Result>(stub, (_, { storage }) => look(storage))

const LISTENING = { ...env, KAFKA_REST_URL: 'https://kafka.example.com' }

/** In the settings of these tests nobody listens; this instance is told that somebody does, and so writes events down. */
export const listen = (stub: Stub) =>
  runInDurableObject<LoginGuard | UserSessions, void>(stub, (instance) => {
    Object.defineProperty(instance, 'env', { value: LISTENING, configurable: true })
  })

/** An object that is not running has nothing to lose. */
export async function evict(stub: Stub): Promise<void> {
  await evictDurableObject(stub).catch((error: unknown) => {
    if (!/not (currently )?running/i.test(String(error))) throw error
  })
}

/** The tables of the object are those of the dump and no others, and its next touch is its first. */
export async function fill(stub: Stub, dump: string): Promise<void> {
  await inside(stub, async (storage) => {
    await storage.deleteAll()
    storage.sql.exec(dump)
  })
  await evict(stub)
}

export const run = (stub: Stub, statement: string, ...values: SqlStorageValue[]) =>
  inside(stub, ({ sql }) => sql.exec<Record<string, SqlStorageValue>>(statement, ...values).toArray())

export const written = async (stub: Stub): Promise<number> => {
  const [row] = await run(stub, 'SELECT total_changes() AS n')
  return Number(row?.n)
}

/** Those that have counted something. */
export async function guardsWithTables() {
  const found = []
  for (const id of await listDurableObjectIds(env.LOGIN_GUARD)) {
    const stub = env.LOGIN_GUARD.get(id)
    const tables = await run(stub, "SELECT name FROM sqlite_master WHERE name = 'attempts'")
    if (tables.length > 0) found.push(stub)
  }
  return found
}
