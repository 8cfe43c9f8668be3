import { createExecutionContext } from 'cloudflare:test'
import { describe, expect, it, vi } from 'vitest'
import { OperatorRpc } from '../src/index.ts'
import { afterwork } from './support/after-work.ts'
import { START } from './support/clock.ts'
import { envWith } from './support/faulty-bindings.ts'
import { FAILED, fakeSink, happened, KAFKA, outboxRows, outboxWith, RABBIT, states } from './support/outbox.ts'

/** Nobody answers at that address. */
const LISTENING = envWith({ KAFKA_REST_URL: 'https://kafka.example.com' })

const operator = <Answer>(ask: (rpc: OperatorRpc) => Promise<Answer>): Promise<Answer> =>
  ask(new OperatorRpc(createExecutionContext(), LISTENING))

async function twoDeadLetters() {
  vi.useFakeTimers({ toFake: ['Date'], now: START })
  vi.spyOn(console, 'warn').mockImplementation(() => {})
  const sinks = [fakeSink(KAFKA, () => FAILED), fakeSink(RABBIT, () => FAILED)]
  const { record, sweep } = outboxWith(sinks, { OUTBOX_MAX_TRIES: '1' })
  const [eventId = ''] = await record(happened(7))
  await sweep()
  await record(happened(8))
  return eventId
}

describe('an operator', () => {
  it('sees what waits and what was given up, and nothing of what it says', async () => {
    const eventId = await twoDeadLetters()
    const at = new Date(START).toISOString()
    const died = { eventId, type: 'password_changed', userId: 7, attempts: 1, diedAt: at, reason: 'answered 500' }
    expect(await operator((rpc) => rpc.outboxStatus({}))).toEqual({
      ok: true,
      value: {
        sinks: [
          { sink: KAFKA, waiting: 1, dead: 1, oldestWaiting: at },
          { sink: RABBIT, waiting: 1, dead: 1, oldestWaiting: at },
        ],
        dead: [
          { ...died, sink: KAFKA },
          { ...died, sink: RABBIT },
        ],
      },
    })
  })

  it('replays one sink, one event, or all: under the same id, with all tries before it, and at once', async () => {
    const eventId = await twoDeadLetters()
    const replay = (which: object) => operator((rpc) => rpc.replayDeadLetter(which))
    expect(await replay({ eventId: 'another' })).toEqual({ ok: true, value: { replayed: 0 } })
    expect(await states()).toEqual([`${KAFKA} dead`, `${RABBIT} dead`, `${KAFKA} waiting`, `${RABBIT} waiting`])
    expect(await replay({ eventId, sink: KAFKA })).toEqual({ ok: true, value: { replayed: 1 } })
    await afterwork()
    expect(await outboxRows()).toMatchObject([
      { event_id: eventId, sink: KAFKA, state: 'waiting', attempts: 1, settled_at: null },
      { event_id: eventId, sink: RABBIT, state: 'dead', attempts: 1 },
      {},
      {},
    ])
    expect(await replay({})).toEqual({ ok: true, value: { replayed: 1 } })
    await afterwork()
    vi.setSystemTime(START + 60_000)
    const healed = [fakeSink(KAFKA), fakeSink(RABBIT)] as const
    await outboxWith(healed).sweep()
    expect(healed.map((sink) => sink.got.map(({ userId, seq }) => [userId, seq]))).toEqual([
      [
        [7, 1],
        [8, 1],
      ],
      [
        [7, 1],
        [8, 1],
      ],
    ])
    expect(healed.map((sink) => sink.ids()[0])).toEqual([eventId, eventId])
  })

  it('discards one sink, one event, or all, and nothing that still waits', async () => {
    const eventId = await twoDeadLetters()
    const discard = (which: object) => operator((rpc) => rpc.discardDeadLetter(which))
    expect(await discard({})).toMatchObject({ ok: false, error: 'invalid_body' })
    expect(await discard({ all: true, sink: KAFKA })).toMatchObject({ ok: false, error: 'invalid_body' })
    expect(await discard({ eventId: 'another' })).toEqual({ ok: true, value: { discarded: 0 } })
    expect(await states()).toEqual([`${KAFKA} dead`, `${RABBIT} dead`, `${KAFKA} waiting`, `${RABBIT} waiting`])
    expect(await discard({ eventId, sink: KAFKA })).toEqual({ ok: true, value: { discarded: 1 } })
    expect(await states()).toEqual([`${RABBIT} dead`, `${KAFKA} waiting`, `${RABBIT} waiting`])
    expect(await discard({ all: true })).toEqual({ ok: true, value: { discarded: 1 } })
    expect(await states()).toEqual([`${KAFKA} waiting`, `${RABBIT} waiting`])
  })
})
