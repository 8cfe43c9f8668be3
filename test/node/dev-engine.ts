import { randomUUID } from 'node:crypto'
import { type Engine, openEngine } from '../../dev/stack/engine.ts'

/** An empty database of its own: in memory, or on the server that TEST_DATABASE_URL names. */
export async function emptyDatabase(): Promise<{ engine: Engine; drop: () => Promise<void> }> {
  const server = process.env.TEST_DATABASE_URL
  if (!server) return lentEngine()
  const name = `postern_${randomUUID().slice(0, 8)}`
  const administrator = await openEngine({ url: server })
  await administrator.query({ text: `create database ${name}` })
  const url = new URL(server)
  url.pathname = `/${name}`
  const engine = await openEngine({ url: url.href })
  const drop = async () => {
    await engine.close()
    await administrator.query({ text: `drop database ${name}` })
    await administrator.close()
  }
  return { engine, drop }
}

const KEY = Symbol.for('postern.test.engine')
const kept = globalThis as { [KEY]?: Engine | undefined }

/** The embedded engine takes a second to open, so the one that has been given back, without its tables, is lent again. */
async function lentEngine() {
  const engine = kept[KEY] ?? (await openEngine({}))
  kept[KEY] = undefined
  const drop = async () => {
    await engine.batch([{ text: 'drop schema public cascade' }, { text: 'create schema public' }])
    kept[KEY] = engine
  }
  return { engine, drop }
}
