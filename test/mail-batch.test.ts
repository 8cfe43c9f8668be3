import { beforeEach, describe, expect, it, vi } from 'vitest'
import { depsFrom } from '../src/compose/deps.ts'
import type { Sink } from '../src/features/events/types.ts'
import { sealSecret } from '../src/features/mail/mail-payload.ts'
import { mailSinks } from '../src/features/mail/sink.ts'
import { NOBODY } from '../src/kernel/client.ts'
import { later, START } from './support/clock.ts'
import { mailing, mailsTo } from './support/mailbox.ts'
import { outboxRows, outboxWith, times } from './support/outbox.ts'
import { sql } from './support/rows.ts'
import { breakEndpoint, healEndpoints } from './support/switchboard.ts'

const toOf = (user: number) => `user${user}@example.com`
const deps = () => depsFrom(mailing(), { waitUntil: () => undefined }, { clientOf: () => NOBODY })

type Sent = { key: string | null; body: { to: string }[] | { to: string }; validation: string | null; batch: boolean }
let sent: Sent[]
const realFetch = globalThis.fetch

/** What leaves for the mail service, and what it answers where it is not asked itself. */
function listening(answer: (asked: Sent) => Response | null | Promise<null> = () => null) {
  sent = []
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const request = new Request(input, init)
    if (!/\/emails(\/batch)?$/.test(request.url)) return realFetch(input, init)
    const asked: Sent = {
      key: request.headers.get('idempotency-key'),
      validation: request.headers.get('x-batch-validation'),
      batch: request.url.endsWith('/batch'),
      body: await request.clone().json(),
    }
    sent.push(asked)
    return (await answer(asked)) ?? realFetch(request)
  })
}

const refusing = (status: number, name: string) =>
  Response.json({ statusCode: status, name, message: 'no' }, { status })

/** One mail for each of so many users. `payloads`: what is otherwise for some of them. */
async function waiting(users: number, otherwise: (user: number) => object = () => ({})) {
  for (const user of times(users, (index) => index + 1)) {
    const payload = { template: 'welcome', to: toOf(user), locale: null, values: {}, ...otherwise(user) }
    await sql()`insert into outbox (event_id, sink, user_id, seq, type, payload, created_at, next_at)
      values (${`event-${user}`}, 'mail', ${user}, 0, 'user_registered', ${JSON.stringify(payload)}::jsonb,
        ${new Date(START).toISOString()}, ${new Date(START).toISOString()})`
  }
}

const sinks = (): Sink[] => mailSinks(deps().config).map(({ make }) => make(deps()))
const sweep = () => outboxWith(sinks()).sweep()
const stateOf = async () => (await outboxRows()).map(({ event_id, state }) => `${event_id} ${state}`)
const bodies = () => sent.map(({ body }) => (Array.isArray(body) ? body.map(({ to }) => to) : [body.to]))

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: START })
  listening()
})

describe('mails that wait together', () => {
  it('leave in one call, permissively, under one name', async () => {
    await waiting(5)
    await sweep()
    expect(sent).toMatchObject([{ batch: true, validation: 'permissive', key: expect.stringMatching(/^[\w-]{22}$/) }])
    expect(bodies()).toEqual([times(5, (index) => toOf(index + 1))])
    expect(await stateOf()).toEqual(times(5, (index) => `event-${index + 1} delivered`))
    for (const user of [1, 5]) expect(await mailsTo(toOf(user))).toHaveLength(1)
  })

  it('a hundred a call', async () => {
    await waiting(101)
    await sweep()
    expect(sent.map(({ batch, body }) => [batch, Array.isArray(body) ? body.length : 1])).toEqual([
      [true, 100],
      [false, 1],
    ])
  })

  it('one alone leaves as ever, under the id of its event', async () => {
    await waiting(1)
    await sweep()
    expect(sent).toMatchObject([{ batch: false, key: 'event-1' }])
  })

  it('are sent again as the same mails under the same name, whatever waits beside them, and arrive once', async () => {
    await waiting(3)
    await breakEndpoint('emails', 'lose')
    await sweep()
    await healEndpoints()
    await sql()`insert into outbox (event_id, sink, user_id, seq, type, payload, created_at, next_at)
      select 'late-' || n, 'mail', 100 + n, 0, type, payload, created_at, created_at from outbox, generate_series(1, 3) as n
      where event_id = 'event-1'`
    later(60_000)
    await sweep()
    const [first, late, second] = sent
    expect([second?.key, second?.body]).toEqual([first?.key, first?.body])
    expect(late?.key).not.toBe(first?.key)
    expect(bodies().map(({ length }) => length)).toEqual([3, 3, 3])
    for (const user of [2, 3]) expect(await mailsTo(toOf(user))).toHaveLength(1)
    expect(new Set((await outboxRows()).map(({ state }) => state))).toEqual(new Set(['delivered']))
  })

  it('are never parted: those that are due earlier wait for the first of them', async () => {
    await waiting(20)
    await breakEndpoint('emails', 'error')
    await sweep()
    await healEndpoints()
    await sql()`update outbox set next_at = next_at + interval '1 hour' where event_id = 'event-1'`
    later(60_000)
    sent = []
    await sweep()
    expect(sent).toEqual([])
    later(3_600_000)
    await Promise.all(times(4, sweep))
    expect(bodies().map(({ length }) => length)).toEqual([20])
  })

  it('that were taken otherwise before are not taken for delivered: they leave under another name', async () => {
    await waiting(3)
    let refused = 0
    listening(() => (refused++ === 0 ? refusing(409, 'invalid_idempotent_request') : null))
    await sweep()
    expect(await stateOf()).toEqual(times(3, (index) => `event-${index + 1} waiting`))
    later(60_000)
    await sweep()
    const [first, second] = sent
    expect(second?.key).not.toBe(first?.key)
    expect(await stateOf()).toEqual(times(3, (index) => `event-${index + 1} delivered`))
  })

  it('one that the service refuses is given up alone', async () => {
    await waiting(3)
    listening(() => Response.json({ data: [{ id: 'a' }, { id: 'b' }], errors: [{ index: 1, message: 'canary' }] }))
    await sweep()
    expect((await outboxRows()).map(({ state, last_error }) => [state, last_error])).toEqual([
      ['delivered', null],
      ['dead', 'was refused in its batch'],
      ['delivered', null],
    ])
  })

  it('an answer that does not say of each what became of it is no answer', async () => {
    await waiting(3)
    listening(() => Response.json({ data: [{ id: 'a' }], errors: [] }))
    await sweep()
    expect(new Set((await outboxRows()).map(({ state }) => state))).toEqual(new Set(['waiting']))
  })

  it('asked for too often, they wait, and none is given up', async () => {
    await waiting(3)
    listening(() => refusing(429, 'rate_limit_exceeded'))
    await sweep()
    expect(new Set((await outboxRows()).map(({ state }) => state))).toEqual(new Set(['waiting']))
  })

  it('what does not go along is settled before the others leave', async () => {
    await waiting(4, (user) =>
      user === 2 ? { to: 'two@example.com, more@example.com' } : user === 3 ? { template: 'unknown' } : {},
    )
    let before: string[] = []
    listening(async () => {
      before = await stateOf()
      return null
    })
    await sweep()
    expect(before).toEqual(['event-1 waiting', 'event-2 dead', 'event-3 dead', 'event-4 waiting'])
    expect(bodies()).toEqual([[toOf(1), toOf(4)]])
    expect(await stateOf()).toEqual(['event-1 delivered', 'event-2 dead', 'event-3 dead', 'event-4 delivered'])
  })

  it('beyond a cap one is dropped, and its next attempt is the same: nobody is charged twice', async () => {
    const { limit } = deps().config.guard.mailbox
    await waiting(limit + 3, () => ({ to: 'ann@example.com', capped: true }))
    await breakEndpoint('emails', 'lose')
    await sweep()
    await healEndpoints()
    later(30_000)
    await sweep()
    const [first, second, ...more] = sent
    expect([second?.key, second?.body, more]).toEqual([first?.key, first?.body, []])
    expect(await mailsTo('ann@example.com')).toHaveLength(limit)
    expect(new Set((await outboxRows()).map(({ state }) => state))).toEqual(new Set(['delivered']))
  })
})

describe('a mail that was tried alone', () => {
  const triedAlone = async () => {
    await waiting(1)
    await sweep()
    await sql()`insert into outbox (event_id, sink, user_id, seq, type, payload, created_at, next_at)
      select 'late-' || n, 'mail', 100 + n, 0, type, jsonb_set(payload, '{to}', to_jsonb('late' || n || '@example.com')), created_at,
        created_at + interval '1 minute' from outbox, generate_series(1, 3) as n where event_id = 'event-1'`
    await healEndpoints()
    later(120_000)
  }

  it('and may have arrived, never joins others: it arrives once', async () => {
    await breakEndpoint('emails', 'lose')
    await triedAlone()
    await sweep()
    expect(sent.filter(({ batch }) => !batch).map(({ key }) => key)).toEqual(['event-1', 'event-1'])
    expect(await mailsTo(toOf(1))).toHaveLength(1)
    expect(new Set((await outboxRows()).map(({ state }) => state))).toEqual(new Set(['delivered']))
  })

  it('by an isolate that died, neither', async () => {
    await waiting(2)
    await sql()`update outbox set next_at = next_at + interval '1 day' where event_id = 'event-2'`
    listening(async () => {
      await breakEndpoint('sql', 'refuse')
      return null
    })
    await expect(sweep()).rejects.toThrow()
    await healEndpoints()
    later(86_400_000)
    listening()
    await sweep()
    expect(sent.map(({ key }) => key).toSorted()).toEqual(['event-1', 'event-2'])
    expect(await mailsTo(toOf(1))).toHaveLength(1)
  })

  it('and was refused since too many were sent, leaves with the others', async () => {
    listening(() => (sent.length === 1 ? refusing(429, 'rate_limit_exceeded') : null))
    await triedAlone()
    await sweep()
    expect(bodies().map(({ length }) => length)).toEqual([1, 4])
  })
})

describe('mails with a secret', () => {
  it('leave one by one, each under the id of its event', async () => {
    await waiting(3, () => ({ template: 'verify_email', values: { minutes: 10 } }))
    for (const user of [1, 2, 3]) {
      const sealed = await sealSecret(deps().keys, { code: '012345' }, { eventId: `event-${user}`, to: toOf(user) })
      await sql()`update outbox set sink = 'mail:secret', sealed = ${sealed} where user_id = ${user}`
    }
    await sweep()
    expect(sent.map(({ batch, key }) => [batch, key])).toEqual([1, 2, 3].map((user) => [false, `event-${user}`]))
  })
})
