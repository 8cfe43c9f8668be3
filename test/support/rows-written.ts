import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { vi } from 'vitest'
import { afterwork } from './after-work.ts'

/**
 * How many rows the platform counts as written by all objects while `work` runs, what follows its answers included: those of each
 * statement, and one for each alarm that is set.
 */
export async function rowsWrittenBy(work: () => Promise<unknown>): Promise<number> {
  const { sql, storage } = await prototypes()
  const { exec } = sql
  const { setAlarm } = storage
  await afterwork()
  const cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = []
  let alarms = 0
  const spies = [
    vi.spyOn(sql, 'exec').mockImplementation(function <Row extends Record<string, SqlStorageValue>>(
      this: SqlStorage,
      ...call: [string, ...unknown[]]
    ) {
      const cursor = Reflect.apply(exec, this, call) as SqlStorageCursor<Row>
      cursors.push(cursor)
      return cursor
    }),
    vi.spyOn(storage, 'setAlarm').mockImplementation(function (this: DurableObjectStorage, ...call) {
      alarms += 1
      return Reflect.apply(setAlarm, this, call)
    }),
  ]
  await work()
  await afterwork()
  for (const spy of spies) spy.mockRestore()
  return alarms + cursors.reduce((sum, { rowsWritten }) => sum + rowsWritten, 0)
}

const prototypes = () =>
  runInDurableObject(env.LOGIN_GUARD.getByName('prototypes'), (_, { storage }) => ({
    storage: Object.getPrototypeOf(storage) as DurableObjectStorage,
    sql: Object.getPrototypeOf(storage.sql) as SqlStorage,
  }))
