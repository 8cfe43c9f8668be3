import { DurableObject } from 'cloudflare:workers'
import { stepForward } from '../../db/object-tables.ts'
import * as rows from '../../features/sessions/rows.ts'
import { advance, bury } from '../../features/sessions/state/advance.ts'
import { clean, decide, nextDue, type Rule, restore } from '../../features/sessions/state/decide.ts'
import { end, endAll, endAllBut } from '../../features/sessions/state/end.ts'
import type * as Messages from '../../features/sessions/state/messages.ts'
import { yes } from '../../features/sessions/state/messages.ts'
import { open } from '../../features/sessions/state/open.ts'
import { delivered } from '../../features/sessions/state/outbox.ts'
import { list, look } from '../../features/sessions/state/read.ts'
import { rotate } from '../../features/sessions/state/rotate.ts'
import type { Changes, State } from '../../features/sessions/state/types.ts'
import { type EventWays, MOVE_AFTER_MS, moveOn } from './mover.ts'
import { tellFailure, tellFailuresOf, telling } from './tell-failures.ts'

const NAME = 'UserSessions'
const OUTBOX_BATCH = 100
const ALARM_RETRY = 5 * 60 * 1000

const statementsIn = ({ account, opened, updated, removed, events }: Changes): number =>
  (account === null ? 0 : 1) + opened.length + updated.length + removed.length + events.length

/** One per user, named by the user's subject. Every public method is a message; the rules are pure functions. */
export class UserSessionsObject extends DurableObject<Env> {
  #state: State = restore(null, [], 0)
  #alarmAt: number | null = null
  /** The time of the next move of the outbox. */
  #moveAt: number | null = null
  #inAlarm = false
  readonly #ways: EventWays

  constructor(ctx: DurableObjectState, env: Env, ways: EventWays) {
    super(ctx, env)
    this.#ways = ways
    const wake = async () => {
      const { sql } = ctx.storage
      stepForward(ctx.storage, rows.TABLES)
      this.#state = restore(rows.readAccount(sql), rows.readSessions(sql), rows.countOutbox(sql))
      this.#alarmAt = await ctx.storage.getAlarm()
    }
    ctx.blockConcurrencyWhile(telling(NAME, 'constructor', wake))
  }

  open(message: Messages.Open): Messages.Opened {
    return this.#obey(open, message)
  }

  rotate(message: Messages.Rotate): Messages.Rotated {
    return this.#obey(rotate, message)
  }

  end(message: Messages.End): Messages.Ended {
    return this.#obey(end, message)
  }

  endAll(message: Messages.EndAll): Messages.EndedMany<Messages.EndAllRefusal> {
    return this.#obey(endAll, message)
  }

  endAllBut(message: Messages.EndAllBut): Messages.EndedMany<'unknown'> {
    return this.#obey(endAllBut, message)
  }

  list(message: Messages.List): Messages.Listed {
    return this.#obey(list, message)
  }

  look(message: Messages.Look): Messages.Looked {
    return this.#obey(look, message)
  }

  advance(message: Messages.Advance): Messages.Advanced {
    return this.#obey(advance, message)
  }

  bury(message: Messages.Bury): Messages.EndedMany {
    return this.#obey(bury, message)
  }

  outboxPeek(limit: number): Messages.Answer<{ events: Messages.OutboxEvent[]; waiting: number }> {
    const events = rows.readOutbox(this.ctx.storage.sql, Math.min(Math.max(limit, 1), OUTBOX_BATCH))
    return yes({ events, waiting: this.#state.waiting })
  }

  outboxDelete(ids: string[]): Messages.Answer<{ waiting: number }> {
    const { sql } = this.ctx.storage
    this.#obey(delivered, { count: rows.countInOutbox(sql, ids) }, () => rows.deleteFromOutbox(sql, ids))
    return yes({ waiting: this.#state.waiting })
  }

  /** The runtime gives up after six failures for ever, so a failure is caught here and tried again later. */
  override async alarm(): Promise<void> {
    this.#alarmAt = null
    this.#inAlarm = true
    try {
      this.#obey(clean, undefined)
    } catch (error) {
      tellFailure(NAME, 'alarm', error)
      const again = Date.now() + ALARM_RETRY
      await this.ctx.storage.setAlarm(again)
      this.#alarmAt = again
    }
    this.#moveAt = await moveOn(this.#ways, this.env, {
      peek: (limit) => rows.readOutbox(this.ctx.storage.sql, limit).map(asObjectEvent),
      remove: (ids) => void this.outboxDelete(ids),
    })
    this.#inAlarm = false
    this.#arm()
  }

  /** Memory follows the disk, never the other way: a failed write leaves both as they were. */
  #obey<Message, Result>(rule: Rule<Message, Result>, message: Message, alsoWrite?: () => void): Result {
    const { answer, changes, next } = decide(this.#state, Date.now(), rule, message, (event) =>
      this.#ways.wants(this.env, event),
    )
    const write = () => {
      alsoWrite?.()
      rows.write(this.ctx.storage.sql, changes)
    }
    // A single statement, as in a refresh, is atomic by itself.
    if (alsoWrite === undefined && statementsIn(changes) <= 1) write()
    else this.ctx.storage.transactionSync(write)
    this.#state = next
    this.#arm()
    return answer
  }

  /**
   * Setting an alarm is a write, so it is only ever moved earlier; one that comes too early arms itself again. One that is
   * running will do that at its end, and one that dies is repeated by the platform.
   */
  #arm() {
    if (this.#inAlarm) return
    if (this.#state.waiting > 0) this.#moveAt ??= Date.now() + MOVE_AFTER_MS
    const due = earliest(this.#cleanUpDue(), this.#moveAt)
    if (due === null || (this.#alarmAt !== null && this.#alarmAt <= due)) return
    this.#alarmAt = due
    void this.ctx.storage.setAlarm(due)
  }

  /** An overdue clean-up has failed before, and its retry is already set. */
  #cleanUpDue(): number | null {
    const due = nextDue(this.#state)
    return due !== null && due <= Math.max(this.#state.clock, Date.now()) ? (this.#alarmAt ?? due) : due
  }
}

tellFailuresOf(UserSessionsObject, NAME)

const earliest = (a: number | null, b: number | null) => (a === null || b === null ? (a ?? b) : Math.min(a, b))

const asObjectEvent = ({ id, at, type, payload: { user_id: userId, ...payload } }: Messages.OutboxEvent) => ({
  id,
  at,
  type,
  userId,
  payload,
})
