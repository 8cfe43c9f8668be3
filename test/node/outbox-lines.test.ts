import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { migrate } from '../../cli/database/migrations.ts'
import { type Engine, openEngine } from '../../dev/stack/engine.ts'
import { postgresServer } from './own-postgres.ts'

/** Which row of a line is due, while transactions overlap: the embedded engine runs one after another. */

const server = await postgresServer()

describe.skipIf(!server)('the first row of a line is due (skipped where this machine has no PostgreSQL)', () => {
  const url = server?.url ?? ''
  let engine: Engine
  let one: pg.Client
  let other: pg.Client

  beforeAll(async () => {
    engine = await openEngine({ url })
    await migrate(engine)
    ;[one, other] = [new pg.Client(url), new pg.Client(url)]
    await Promise.all([one.connect(), other.connect()])
  })

  afterAll(async () => {
    await Promise.all([one.end(), other.end()])
    await engine.close()
    await server?.stop()
  })

  beforeEach(() => engine.query({ text: 'truncate outbox' }))

  const inserting = (
    id: string,
    user = 7,
  ) => `insert into outbox (event_id, sink, user_id, seq, type, payload, created_at, next_at)
    values ('${id}', 'kafka-rest', ${user}, 1, 'password_changed', '{}', now(), now())`
  const ending = (id: string) => `update outbox set state = 'delivered', settled_at = now() where event_id = '${id}'`
  const due = async () => {
    const { rows } = await engine.query({
      text: `select event_id from outbox where state = 'waiting' and not behind order by place`,
    })
    return rows.map(([id]) => id)
  }

  /** The statement of the other transaction, once it waits for the first one or has ended without waiting. */
  async function begun(client: pg.Client, statement: string) {
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
    let ended = false
    const running = client.query(statement).finally(() => {
      ended = true
    })
    const waits = async () =>
      (
        await engine.query({
          text: `select 1 from pg_stat_activity where pid = ${rows[0]?.pid} and wait_event_type = 'Lock'`,
        })
      ).rows.length > 0
    await expect.poll(async () => ended || (await waits())).toBe(true)
    return running
  }

  it('one at a time, and nobody’s all at once', async () => {
    for (const id of ['a', 'b', 'c']) await one.query(inserting(id))
    for (const id of ['x', 'y']) await one.query(inserting(id, 0))
    expect(await due()).toEqual(['a', 'x', 'y'])
    await one.query(ending('a'))
    expect(await due()).toEqual(['b', 'x', 'y'])
    await one.query(`delete from outbox where event_id = 'b'`)
    expect(await due()).toEqual(['c', 'x', 'y'])
  })

  it('several that are recorded or end in one statement', async () => {
    await one.query(`insert into outbox (event_id, sink, user_id, seq, type, payload, created_at, next_at)
      select 'e' || n, 'kafka-rest', 7, n, 'password_changed', '{}', now(), now() from generate_series(1, 5) as n`)
    expect(await due()).toEqual(['e1'])
    await one.query(`update outbox set state = 'delivered' where event_id in ('e1', 'e2', 'e3')`)
    expect(await due()).toEqual(['e4'])
  })

  it('one that is recorded while the one before it ends', async () => {
    await one.query(inserting('a'))
    await one.query('begin')
    await one.query(ending('a'))
    await begun(other, inserting('b'))
    await one.query('commit')
    expect(await due()).toEqual(['b'])
  })

  it('one whose transaction is still open when the one before it ends', async () => {
    await one.query(inserting('a'))
    await one.query('begin')
    await one.query(inserting('b'))
    const running = begun(other, ending('a'))
    await expect
      .poll(async () => (await engine.query({ text: `select 1 from pg_locks where not granted` })).rows.length)
      .toBeGreaterThan(0)
    await one.query('commit')
    await await running
    expect(await due()).toEqual(['b'])
  })

  it('one behind two that end at the same moment', async () => {
    // A replayed row before one that was due already, and a third behind both.
    for (const id of ['a', 'b', 'c']) await one.query(inserting(id))
    await one.query(`update outbox set behind = false where event_id = 'b'`)
    await one.query('begin')
    await one.query(ending('a'))
    const running = begun(other, ending('b'))
    await expect
      .poll(async () => (await engine.query({ text: `select 1 from pg_locks where not granted` })).rows.length)
      .toBeGreaterThan(0)
    await one.query('commit')
    await await running
    expect(await due()).toEqual(['c'])
  })
})
