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

/** `instead`: what is refused just the same where enough has been mailed. */
type Mailing = { write: () => Promise<boolean>; instead?: () => Promise<void> }

/** What a statement that compares digits says: whether there was a code that lives and that they were not. */
export type Compared = { met: boolean }

/** Where the digits may not be compared (`live` is false), the same statement runs and finds nothing. */
type Compare = <Result extends Compared>(statement: (live: boolean) => Promise<Result>) => Promise<Result>

/**
 * Digits are few, so a try is reserved before it is compared, as with passwords. A spent address is told so; a spent account, or
 * the alarm, only takes away what could be right (`live` is false), so that the answer is the one for wrong digits.
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
      // Refused before anything was compared. It is not free: it may have cost a hash, or a question whether the password leaked.
      else if (isBeforeComparing(error)) settle('wrong', 'void')
      else await release([address, ...(rest ?? [])])
      throw error
    }
  })

/** For whoever shows a code that was used: what they try with it is counted by that very code (`asker`), from all addresses. */
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
 * One budget for all accounts, so only guesses at codes that live count: otherwise tries at nobody would switch everybody's
 * digits off. A reservation lasts as long as the statement, for the same reason. Where those of others fill what is left,
 * nobody knows yet whether the alarm is to be raised, and the caller is told to come again, whoever there is.
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
 * Before everything that mails somebody because somebody else may have asked. Where enough has been mailed, `write` does not
 * run and the answer stays the same. It says whether a mail was written: only those count for the mailbox and in all. What it
 * refuses has asked for no mail, and counts for the address as any request does.
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
