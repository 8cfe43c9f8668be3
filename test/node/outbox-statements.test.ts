import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { migrate } from '../../cli/database/migrations.ts'
import { openEngine } from '../../dev/stack/engine.ts'
import { type Stack, startStack } from '../../dev/stack/server.ts'
import { CATALOGUE } from '../../src/compose/features.ts'
import { connect } from '../../src/db/client.ts'
import type { Client } from '../../src/db/database.ts'
import { lease } from '../../src/features/events/outbox-leases.ts'
import { settle, settleAndLease } from '../../src/features/events/outbox-settling.ts'
import { needsAttention } from '../../src/features/events/outbox-status.ts'
import { insertObjectEvents, tidy } from '../../src/features/events/outbox-store.ts'
import { recording } from '../../src/features/events/record.ts'
import { type Cost, costOf, overheard } from '../support/explained.ts'
import { STACK_PASSWORD } from '../support/settings.ts'
import { postgresServer } from './own-postgres.ts'

/** What the outbox asks of PostgreSQL, where little and where very much waits. The embedded engine does not tell what a plan costs. */

const SINK = 'webhook:1'
const now = new Date('2030-01-01T00:00:00Z')
const until = new Date(now.getTime() + 50_000)
const SIZES = [1_000, 100_000, 1_000_000]
const told = ({ ms, blocks }: Cost) => `${ms.toFixed(2)} ms (${blocks} blocks)`
const server = await postgresServer()

describe.skipIf(!server)('with a PostgreSQL server (skipped where this machine has none)', { timeout: 600_000 }, () => {
  const url = server?.url ?? ''
  let engine: ReturnType<typeof overheard>
  let stack: Stack
  let db: Client

  beforeAll(async () => {
    engine = overheard(await openEngine({ url }))
    await migrate(engine)
    stack = await startStack({ engine, password: STACK_PASSWORD })
    const address = new URL(url)
    address.password = STACK_PASSWORD
    db = await connect({ databaseUrl: address.href, databaseHttpUrl: `${stack.url}/sql` })
  })

  afterAll(async () => {
    await stack.close()
    await engine.close()
    await server?.stop()
  })

  const run = (text: string) => engine.query({ text })
  const empty = () => run('truncate outbox, event_counters, users restart identity cascade')

  /** Rows of users from `from` on, as a statement that fails leaves them: all due at the same moment. */
  const fill = (rows: number, from: number, user = 'n') =>
    run(`insert into outbox (event_id, sink, user_id, seq, type, payload, created_at, next_at)
      select 'e' || ${user} || '.' || n, '${SINK}', ${user}, 1, 'password_changed', '{}',
        '${now.toISOString()}'::timestamptz - interval '1 hour', '${now.toISOString()}'::timestamptz - interval '1 hour'
      from generate_series(${from}, ${from + rows - 1}) as n`)

  const costs = async (ask: () => Promise<unknown>): Promise<Cost> => costOf(url, await engine.request(ask))

  const terms = { sinks: [SINK], most: 50, maxTries: 20, now, until }

  /** Every statement on the way of an event, from its recording to its end. */
  async function all(): Promise<Record<string, Cost>> {
    const recorded = recording(
      { names: [SINK], catalogue: CATALOGUE },
      { events: [{ type: 'password_changed', userId: 5, payload: {} }], at: now },
    )
    const mine = { ...terms, eventIds: recorded.eventIds }
    const event = { id: 'moved', at: now.getTime(), type: 'login_blocked', userId: 0, payload: {} }
    const settled = ['e10.10', 'e20.20', 'e30.30'].map((eventId) => ({
      ...{ eventId, sink: SINK, state: 'delivered' as const, reason: null, nextAt: null, until },
    }))
    return {
      'recording an event': await costs(() => recorded.statement(db)),
      'moving the event of an object': await costs(() =>
        insertObjectEvents(db, 0, [{ ...event, sinks: [SINK], published: true }]),
      ),
      'the lease of a sweep': await costs(() => lease(db, terms)),
      'the lease after an answer': await costs(() => lease(db, mine)),
      'settling, and the next lease': await costs(() => settleAndLease(db, settled, mine)),
      settling: await costs(() => settle(db, settled, now)),
      'whether an operator is needed': await costs(() => needsAttention(db, now)),
      tidying: await costs(() => tidy(db, { now, keptSince: new Date(0), sinksOn: [SINK] })),
    }
  }

  it('every statement costs the same with 1,000, 100,000 and 1,000,000 rows, within 1.5 times, and reads no table to its end', async () => {
    await empty()
    const found = new Map<string, Cost[]>()
    for (const [at, size] of SIZES.entries()) {
      const before = SIZES[at - 1] ?? 0
      await run('alter table outbox disable trigger user')
      await fill(size - before, before + 1)
      await run('alter table outbox enable trigger user')
      await run(`update outbox set leased_until = '${until.toISOString()}' where user_id in (10, 20, 30)`)
      await run('vacuum analyze outbox')
      for (const [what, cost] of Object.entries(await all())) found.set(what, [...(found.get(what) ?? []), cost])
    }
    console.info([...found].map(([what, each]) => `${what}: ${each.map(told).join(', ')}`).join('\n'))
    for (const [what, [few, ...more]] of found) {
      if (!few) throw new Error(`Nothing is known of ${what}.`)
      for (const { ms, blocks, scanned } of more) {
        expect(scanned, what).not.toContain('outbox')
        expect(blocks, `blocks of ${what}`).toBeLessThanOrEqual(few.blocks * 1.5)
        // A millisecond more is what a neighbour on this machine may take.
        expect(ms, `milliseconds of ${what}`).toBeLessThanOrEqual(few.ms * 1.5 + 1)
      }
    }
  })

  it('100,000 rows of one user cost nobody else: a lease of the others takes 5 ms at most', async () => {
    await empty()
    await fill(100_000, 1, '7')
    await fill(1_000, 1_000)
    const { ms } = await costs(() => lease(db, terms))
    expect(ms).toBeLessThanOrEqual(5)
    const leased = await lease(db, {
      ...terms,
      now: new Date(until.getTime() + 1),
      until: new Date(until.getTime() + 50_000),
    })
    expect(leased).toHaveLength(50)
    expect(leased.filter(({ row }) => row?.userId === 7)).toHaveLength(1)
  })
})
