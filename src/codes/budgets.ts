import { AuthError } from '../errors.ts'
import type { Question } from '../guard/claims.ts'
import {
  type CodeOf,
  digitsForAccount,
  digitsFromAddress,
  digitsInAll,
  mailFromAddress,
  mailTo,
} from '../guard/code-claims.ts'
import { demandNetwork, isRefusal, refusal, seenThrough, verdictOf } from '../guard/demand.ts'
import { holdEach } from '../guard/hold-each.ts'
import type { Outcome } from '../guard/messages.ts'
import { type GuardDeps, type Held, hold, holding, release } from '../guard/reservation.ts'
import type { Deps } from '../platform/deps.ts'

type Caller = Pick<Deps, 'client' | 'guard'>

/** `instead`: what is refused just the same where enough has been mailed. */
type Mailing = { write: () => Promise<boolean>; instead?: () => Promise<void> }

/**
 * Digits are few, so a try is reserved before it is compared, as with passwords. A spent address is told so; a spent account, or
 * the alarm, only takes away what could be right (`live` is false), so that the answer is the one for wrong digits.
 */
export const withDigits = <Result>(
  { client, guard }: Caller,
  code: CodeOf,
  evaluate: (live: boolean) => Promise<Result>,
): Promise<Result> =>
  seenThrough(guard, async () => {
    const address = await demand(guard, digitsFromAddress(guard, demandNetwork(client.address)))
    const alarm = code.purpose === 'reset_password' ? [digitsInAll(guard)] : []
    const rest = await holding([address], () => holdEach(guard, [digitsForAccount(guard, code), ...alarm]))
    const settle = (ofAddress: Outcome, ofRest: Outcome) =>
      guard.later(Promise.all([address.settle(ofAddress), ...(rest ?? []).map((one) => one.settle(ofRest))]))
    try {
      const result = await evaluate(rest !== null)
      settle('right', 'right')
      return result
    } catch (error) {
      const verdict = verdictOf(error)
      if (verdict) settle(verdict, verdict)
      // Refused before anything was compared. It is not free, since it may have asked a service whether the password leaked.
      else if (error instanceof AuthError && error.code === 'invalid_body') settle('wrong', 'void')
      else await release([address, ...(rest ?? [])])
      throw error
    }
  })

/**
 * Before everything that mails somebody because somebody else may have asked. Where enough has been mailed, `write` does not
 * run and the answer stays the same. It says whether a mail was written: only those count for the mailbox and in all. What it
 * refuses has asked for no mail, and counts for the address as any request does.
 */
export const withMail = ({ client, guard }: Caller, code: CodeOf, { write, instead }: Mailing): Promise<void> =>
  seenThrough(guard, async () => {
    const address = await demand(guard, mailFromAddress(guard, demandNetwork(client.address)))
    const rest = await holding([address], () => holdEach(guard, mailTo(guard, code)))
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

async function demand(guard: GuardDeps, question: Question): Promise<Held> {
  const held = await hold(guard, question)
  if (!held.granted) throw refusal(held)
  return held
}
