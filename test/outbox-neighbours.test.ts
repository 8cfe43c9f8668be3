import { describe, expect, it, vi } from 'vitest'
import { deliver } from '../src/features/events/deliver.ts'
import { recording } from '../src/features/events/record.ts'
import type { Sink } from '../src/features/events/types.ts'
import { postJson } from './support/api.ts'
import { mailing, mailsSoFar, mailsTo } from './support/mailbox.ts'
import {
  DELIVERED,
  FAILED,
  fakeSink,
  happened,
  KAFKA,
  outboxRows,
  outboxWith,
  states,
  times,
} from './support/outbox.ts'
import { hanging, pause } from './support/pausing.ts'
import { ANN, PASSWORD } from './support/people.ts'
import { sqlRequestsOf } from './support/switchboard.ts'

/** Long before a sink that hangs is given up. */
const SOON = { timeout: 15_000 }
const never = (name: string): Sink => ({ name, deliver: () => hanging(async () => []) as Promise<never> })

/** What happens right after an answer: its event is recorded, and then brought to these sinks. */
function answering(sinks: readonly Sink[]) {
  const { deps, record } = outboxWith(sinks)
  return async (userId = 1, count = 1) => {
    const event = happened(userId, { sinks: sinks.map(({ name }) => name) })
    const eventIds = await record(event, ...times(count - 1, () => event))
    return { eventIds, delivering: () => deliver(deps, { eventIds }) }
  }
}

describe('what two answers bring about at the same time', () => {
  it('two mails of one user, the second while the first is on its way: both arrive without a sweep', async () => {
    const env = mailing({ EMAIL_VERIFICATION: 'after' })
    await postJson('/auth/register', { email: ANN, password: PASSWORD }, {}, env)
    const before = (await mailsTo(ANN)).length
    const { cue, reached, goOn } = pause()
    const send = globalThis.fetch
    vi.spyOn(globalThis, 'fetch').mockImplementation((input, init) => {
      const url = input instanceof Request ? input.url : String(input)
      return url.endsWith('/emails') ? (cue(() => send(input, init)) as Promise<Response>) : send(input, init)
    })
    await postJson('/auth/password/forgot', { email: ANN }, {}, env)
    await reached
    await postJson('/auth/email/send-code', { email: ANN }, { 'cf-connecting-ip': '203.0.113.8' }, env)
    expect(await mailsSoFar(ANN)).toHaveLength(before)
    goOn()
    const subjects = (await mailsTo(ANN)).slice(before).map(({ subject }) => subject)
    expect(subjects).toEqual(['Reset your Postern password', 'Your Postern code'])
  })

  it('twenty of one user at once, in a race that is at its widest with TEST_DATABASE_URL: each arrives once, in order, and nothing is left for a sweep', async () => {
    const [mail, kafka] = [fakeSink('mail'), fakeSink(KAFKA)]
    const happen = answering([mail, kafka])
    await Promise.all(times(20, async () => (await happen()).delivering()))
    const seqs = times(20, (index) => index + 1)
    for (const { got } of [mail, kafka]) expect(got.map(({ seq }) => seq)).toEqual(seqs)
    expect((await outboxRows()).filter(({ state }) => state === 'waiting')).toEqual([])
  })

  it('what a neighbour recorded by a clock that is ahead of ours is due at once all the same', async () => {
    const { cue, reached, goOn } = pause()
    const kafka = fakeSink(KAFKA, async () => (await cue(async () => DELIVERED)) as typeof DELIVERED)
    const { deps, record } = outboxWith([kafka])
    const ours = deliver(deps, { eventIds: await record(happened(1, { sinks: [KAFKA] })) })
    await reached
    const ahead = new Date(deps.now().getTime() + 30_000)
    const theirs = recording(deps.sinksOn, { events: [happened(1, { sinks: [KAFKA] })], at: ahead })
    await theirs.statement(await deps.db())
    await deliver({ ...deps, now: () => ahead }, theirs)
    goOn()
    await ours
    expect(await states()).toEqual([`${KAFKA} delivered`, `${KAFKA} delivered`])
  })

  it('what came before and nobody is bringing goes first, and at once', async () => {
    const kafka = fakeSink(KAFKA)
    const happen = answering([kafka])
    await happen()
    const { delivering } = await happen()
    await delivering()
    expect(kafka.got.map(({ seq }) => seq)).toEqual([1, 2])
  })

  it('what came before and is too late is no obstacle', async () => {
    const mail = fakeSink('mail')
    const { deps, record } = outboxWith([mail])
    await record(happened(1, { sinks: ['mail'], deliverBefore: new Date(Date.now() - 1) }))
    const eventIds = await record(happened(1, { sinks: ['mail'] }))
    await deliver(deps, { eventIds })
    expect(await states()).toEqual(['mail expired', 'mail delivered'])
  })

  it('what came before and failed is waited for, and what belongs to others is left alone', async () => {
    const kafka = fakeSink(KAFKA, ({ seq }) => (seq === 1 ? FAILED : DELIVERED))
    const happen = answering([kafka])
    await (await happen()).delivering()
    await (await happen()).delivering()
    await happen(2)
    await happen(0)
    await (await happen(0)).delivering()
    expect(kafka.got.map(({ userId, seq }) => [userId, seq])).toEqual([
      [1, 1],
      [0, 2],
    ])
    expect((await outboxRows()).map(({ attempts }) => attempts)).toEqual([1, 0, 0, 0, 1])
  })

  it('somebody whose events never end is left to the sweep at last', async () => {
    const { promise: recorded, resolve } = Promise.withResolvers<() => Promise<unknown>>()
    const kafka = fakeSink(KAFKA, async () => {
      await (await recorded)()
      return DELIVERED
    })
    const happen = answering([kafka])
    resolve(() => happen())
    await (await happen()).delivering()
    expect(kafka.got).toHaveLength(20)
    expect((await states()).at(-1)).toBe(`${KAFKA} waiting`)
  })

  it('after five seconds nothing more is begun', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2030, 0, 1) })
    const kafka = fakeSink(KAFKA, () => {
      vi.setSystemTime(Date.now() + 2_500)
      return DELIVERED
    })
    const { delivering } = await answering([kafka])(1, 4)
    await delivering()
    expect(kafka.got).toHaveLength(2)
  })
})

describe('a sink that hangs', () => {
  const of = (name: string) => async () =>
    (await outboxRows()).filter(({ sink }) => sink === name).map(({ state }) => state)

  it('keeps nothing from the others: their later events arrive while it still hangs', async () => {
    const mail = fakeSink('mail')
    const happen = answering([never('webhook:1'), mail])
    void (await happen()).delivering()
    await expect.poll(of('mail'), SOON).toEqual(['delivered'])
    void (await happen()).delivering()
    await expect.poll(of('mail'), SOON).toEqual(['delivered', 'delivered'])
    expect(await of('webhook:1')()).toEqual(['waiting', 'waiting'])
    expect(mail.got.map(({ seq }) => seq)).toEqual([1, 2])
  })
})

describe('what it costs', () => {
  it.each([
    [1, 1, 2],
    [1, 6, 2],
    [2, 1, 3],
    [2, 6, 3],
  ])('%i events for each of %i sinks: %i SQL requests', async (count, many, requests) => {
    const sinks = times(many, (index) => fakeSink(`webhook:${index + 1}`))
    const { delivering } = await answering(sinks)(1, count)
    expect(await sqlRequestsOf(delivering)).toBe(requests)
    expect((await outboxRows()).map(({ state }) => state)).toEqual(times(count * many, () => 'delivered'))
  })

  it('one request more where one of them is slow', async () => {
    const { cue, goOn } = pause()
    const slow = fakeSink('webhook:1', async () => (await cue(async () => DELIVERED)) as typeof DELIVERED)
    const sinks = [slow, ...times(5, (index) => fakeSink(`webhook:${index + 2}`))]
    const { delivering } = await answering(sinks)()
    const requests = sqlRequestsOf(delivering)
    await expect.poll(async () => (await states()).filter((state) => state.endsWith('delivered')), SOON).toHaveLength(5)
    goOn()
    await requests
    expect((await outboxRows()).map(({ state }) => state)).toEqual(times(6, () => 'delivered'))
  })
})
