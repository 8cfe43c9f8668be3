import type { Config } from '../../kernel/config.ts'
import { isOneAddress } from '../../kernel/mail-address.ts'
import { forEachConcurrently } from '../events/concurrently.ts'
import { MAIL_LINES, MAIL_SECRET } from '../events/lines.ts'
import { oneByOne, unanswered } from '../events/sinks/outgoing.ts'
import { failed } from '../events/sinks/verdicts.ts'
import type { SinkRow } from '../events/sinks.ts'
import type { Given, OutboxRow, Sink, Verdict } from '../events/types.ts'
import { holding } from '../guard/reservation.ts'
import { charge, type Prepared, prepare, type Ready, type With } from './prepare.ts'
import { type Account, type MailService, NOBODY, resendWith } from './resend.ts'

const CALL_MS = 9_000
/** What the mail service allows unless it was asked for more, whatever is in a call. */
const CALLS_PER_SECOND = 2
/** As many single calls as that allows in the time of a sink. */
const SINGLE = 30
const TOGETHER = 100
/** Guards are objects, and calls of objects open no connections. */
const PREPARED_AT_ONCE = 20

/** Mails with a secret go one by one: each is worth less the later it comes, and none waits for others. */
export function mailSink(name: (typeof MAIL_LINES)[number], account: Account, deps: With): Sink {
  const service = resendWith(account)
  const single: Sink['deliver'] = (rows, given) =>
    oneByOne(rows, { eachMs: CALL_MS }, (row, signal) => deliverOne(deps, service, { row, given, signal }))
  const common = { name, wide: true, drains: 1 } as const
  if (name === MAIL_SECRET) return { ...common, most: SINGLE, deliver: single }
  const deliver: Sink['deliver'] = (rows, given) => {
    const [{ batchId = null, eventId } = { eventId: null }] = rows
    const alone = batchId === null || batchId === eventId
    return alone ? single(rows, given) : deliverTogether(deps, service, { rows, batchId, given })
  }
  return { ...common, most: TOGETHER, along: 'batch', deliver }
}

type One = { row: OutboxRow; given: Given; signal: AbortSignal }

async function deliverOne(deps: With, { send }: MailService, { row, given, signal }: One): Promise<Verdict> {
  const one = await prepare(deps, row)
  if ('verdict' in one) return one.verdict
  await given.turn('mail', CALLS_PER_SECOND)
  return charge(one, await holding(one.held, () => given.connected(() => send(one.mail, signal))))
}

type Batch = { rows: readonly OutboxRow[]; batchId: string; given: Given }

/**
 * One call for all of them. A name stands for one text, so what does not go along is settled before: whoever sends the rest again,
 * after an answer that was lost, makes the same text of it.
 */
async function deliverTogether(deps: With, service: MailService, { rows, batchId, given }: Batch): Promise<Verdict[]> {
  const ready = new Map<OutboxRow, Ready>()
  const verdicts = new Map<OutboxRow, Verdict>()
  await forEachConcurrently(rows, PREPARED_AT_ONCE, async (row) => {
    const one = await preparedFor(deps, row)
    if ('verdict' in one) verdicts.set(row, one.verdict)
    else ready.set(row, one)
  })
  if (verdicts.size > 0) await given.settleEarly([...verdicts.keys()], [...verdicts.values()])
  const going = rows.flatMap((row) => ready.get(row) ?? [])
  if (going.length > 0) {
    await given.turn('mail', CALLS_PER_SECOND)
    const mails = going.map(({ mail }) => mail)
    const answers = await given.connected(() => service.sendAll(mails, batchId, AbortSignal.timeout(CALL_MS)))
    const answerTo = new Map(mails.map(({ id }, at) => [id, answers[at] ?? failed('nothing is known of it')]))
    await forEachConcurrently([...ready], PREPARED_AT_ONCE, async ([row, one]) => {
      verdicts.set(row, await settled(one, answerTo.get(row.eventId) ?? failed('nothing is known of it')))
    })
  }
  return rows.map((row) => verdicts.get(row) ?? failed('nothing is known of it'))
}

/** What cannot be prepared now comes again by itself: the others must not wait for it. */
async function preparedFor(deps: With, row: OutboxRow): Promise<Prepared> {
  try {
    const one = await prepare(deps, row)
    return 'mail' in one && !isOneAddress(one.mail.to) ? { verdict: await charge(one, NOBODY) } : one
  } catch (error) {
    return { verdict: { ...unanswered(error), alone: true } }
  }
}

/** What may have arrived stays charged: the next attempt finds its reservation, and is the same mail. */
const settled = (one: Ready, verdict: Verdict): Verdict | Promise<Verdict> =>
  verdict.ok || verdict.final ? charge(one, verdict) : verdict

export const mailSinks = ({ mail }: Pick<Config, 'mail'>): SinkRow[] =>
  mail ? MAIL_LINES.map((name) => ({ name, make: (deps) => mailSink(name, mail, deps), rank: 1 })) : []
