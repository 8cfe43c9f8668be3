import { randomUUID } from 'node:crypto'
import { type Engine, openEngine } from '../../dev/stack/engine.ts'

/** An empty database of its own: in memory, or on the server that TEST_DATABASE_URL names. */
export async function emptyDatabase(): Promise<{ engine: Engine; drop: () => Promise<void> }> {
  const server = process.env.TEST_DATABASE_URL
  if (!server) {
    const engine = await openEngine({})
    return { engine, drop: () => engine.close() }
  }
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
