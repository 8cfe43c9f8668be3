import { DurableObject } from 'cloudflare:workers'

/** One call, one row changed: what exactness costs on this platform, whatever is built upon it. */
export class Counter extends DurableObject {
  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    super(ctx, env)
    ctx.storage.sql.exec('CREATE TABLE IF NOT EXISTS counter (one INTEGER PRIMARY KEY, count INTEGER NOT NULL)')
    ctx.storage.sql.exec('INSERT OR IGNORE INTO counter (one, count) VALUES (1, 0)')
  }

  increase(): number {
    const { sql } = this.ctx.storage
    return sql.exec<{ count: number }>('UPDATE counter SET count = count + 1 WHERE one = 1 RETURNING count').one().count
  }
}

type Bindings = { COUNTER: DurableObjectNamespace<Counter> }

export default {
  async fetch(request: Request, { COUNTER }: Bindings) {
    const { name } = await request.json<{ name: string }>()
    return Response.json({ count: await COUNTER.getByName(name).increase() })
  },
}
