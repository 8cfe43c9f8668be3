import type { Deps } from '../../kernel/deps.ts'
import { AuthError } from '../../kernel/failure.ts'
import { invalidBody } from '../../kernel/failures.ts'
import type { GuardCall } from '../guard/calls.ts'
import {
  type CodeOf,
  digitsForAccount,
  digitsFromAddress,
  digitsInAll,
  mailFromAddress,
  mailTo,
} from '../guard/code-calls.ts'
import { tooManyAttempts } from '../guard/failures.ts'
import { holdInOrder } from '../guard/hold-in-order.ts'
import type { Outcome } from '../guard/messages.ts'
import { type GuardDeps, type Held, hold, holding, release } from '../guard/reservation.ts'
import { isRefusal, refusal, requireNetwork, runToEnd, verdictOf } from '../guard/with-budget.ts'
import { invalidCode } from './failures.ts'

type Caller = Pick<Deps, 'client' | 'guard'>

/** `instead` runs in place of `write` when the mail budget is spent, so that both cases refuse the same input. */
type Mailing = { write: () => Promise<boolean>; instead?: () => Promise<void> }

/** `met`: a live code was there, and the digits were wrong for it. */
export type Compared = { met: boolean }

/** When `live` is false, the same statement runs but matches no code. */
type Compare = <Result extends Compared>(statement: (live: boolean) => Promise<Result>) => Promise<Result>

/**
 * Digits can be guessed, so an attempt is reserved before the comparison, as with passwords. A caller with a spent address gets
 * 429. With a spent account, or during the alarm, no code matches (`live` is false), and the answer is the one for wrong digits.
 */
export const withCodeBudget = <Result>(
  { client, guard }: Caller,
  code: CodeOf,
  evaluate: (compare: Compare) => Promise<Result>,
): Promise<Result> =>
  runToEnd(guard, async () => {
    const address = await holdOrRefuse(guard, digitsFromAddress(guard, requireNetwork(client.address)))
    const rest = await holding([address], () => holdInOrder(guard, [digitsForAccount(guard, code)]))
    const settle = (ofAddress: Outcome, ofRest: Outcome) =>
      guard.later(Promise.all([address.settle(ofAddress), ...(rest ?? []).map((one) => one.settle(ofRest))]))
    const alarmed = rest !== null && code.purpose === 'reset_password'
    const compare: Compare = (statement) =>
      alarmed ? withAlarm(guard, code.account, statement) : statement(rest !== null)
    try {
      const result = await evaluate(compare)
      settle('right', 'right')
      return result
    } catch (error) {
      const verdict = verdictOf(error)
      if (verdict) settle(verdict, verdict)
      // Refused before the comparison. The address is charged all the same: the request may have cost a hash or a breach check.
      else if (isBeforeComparing(error)) settle('wrong', 'void')
      else await release([address, ...(rest ?? [])])
      throw error
    }
  })

/** For a repetition with a used code: attempts are counted for that code (`asker`), from all addresses. */
export async function withRepetitionBudget<Result>(
  { guard }: Caller,
  code: CodeOf,
  evaluate: () => Promise<Result>,
): Promise<Result> {
  const tries = await hold(guard, digitsForAccount(guard, code))
  if (!tries.granted) throw new AuthError(invalidCode, { reason: 'tried too often' })
  try {
    const result = await evaluate()
    guard.later(tries.settle('right'))
    return result
  } catch (error) {
    const verdict = verdictOf(error)
    if (verdict) guard.later(tries.settle(verdict))
    else await release([tries])
    throw error
  }
}

const isBeforeComparing = (error: unknown) =>
  error instanceof AuthError && (error.failure === invalidBody || error.failure === tooManyAttempts)

/**
 * The alarm is one budget for all accounts. Only guesses at live codes count: otherwise guesses at unknown accounts would disable
 * digits for everybody. For the same reason the reservation ends with the statement. While pending reservations fill the budget,
 * every caller gets 429.
 */
async function withAlarm<Result extends Compared>(
  guard: GuardDeps,
  account: string,
  statement: (live: boolean) => Promise<Result>,
): Promise<Result> {
  const alarm = await hold(guard, digitsInAll(guard, account))
  if (!alarm.granted && alarm.pending) throw refusal(alarm)
  if (!alarm.granted) return statement(false)
  const result = await holding([alarm], () => statement(true))
  guard.later(alarm.settle(result.met ? 'wrong' : 'void'))
  return result
}

/**
 * For mails that anybody can request. When the budget is spent, `write` does not run and the answer stays the same. `write`
 * returns whether it wrote a mail: only mails count for the mailbox and for the service. A refused request counts for its
 * address.
 */
export const withMailBudget = ({ client, guard }: Caller, code: CodeOf, { write, instead }: Mailing): Promise<void> =>
  runToEnd(guard, async () => {
    const address = await holdOrRefuse(guard, mailFromAddress(guard, requireNetwork(client.address)))
    const rest = await holding([address], () => holdInOrder(guard, mailTo(guard, code)))
    const [request, ...caps] = rest ?? []
    try {
      if (!rest) await instead?.()
      const outcome = rest && (await write()) ? 'wrong' : 'void'
      guard.later(
        Promise.all([address.settle('wrong'), request?.settle('wrong'), ...caps.map((cap) => cap.settle(outcome))]),
      )
    } catch (error) {
      await release(isRefusal(error) ? (rest ?? []) : [address, ...(rest ?? [])])
      if (isRefusal(error)) guard.later(address.settle('wrong'))
      throw error
    }
  })

async function holdOrRefuse(guard: GuardDeps, call: GuardCall): Promise<Held> {
  const held = await hold(guard, call)
  if (!held.granted) throw refusal(held)
  return held
}
