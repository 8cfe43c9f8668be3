import { DurableObject } from 'cloudflare:workers'
import { stepForward, versionOf } from '../../db/object-tables.ts'
import type { Remember, Reserve, Reserved, Settle } from '../../features/guard/messages.ts'
import { asObjectEvent, count, type OutboxRow, peek, record, remove } from '../../features/guard/outbox.ts'
import {
  advance,
  emptiesAt,
  emptyState,
  type GuardState,
  remember,
  reserve,
  type Step,
  settle,
} from '../../features/guard/state.ts'
import { differs, load, save, TABLES } from '../../features/guard/store.ts'
import { type EventWays, MOVE_AFTER_MS, moveOn } from './mover.ts'
import { tellFailure, tellFailuresOf } from './tell-failures.ts'

const NAME = 'LoginGuard'

/** How soon to look again where the clean-up failed. */
const LOOK_AGAIN_MS = 15 * 60_000

/** Counts attempts: one object per address (IPv6: per /48), per identifier and per device. Its rules are in `guard/state.ts`. */
export class LoginGuardObject extends DurableObject<Env> {
  #state: GuardState | undefined
  #tables = false
  #alarmIsSet = false
  #moveIsSet = false
  readonly #ways: EventWays

  constructor(ctx: DurableObjectState, env: Env, ways: EventWays) {
    super(ctx, env)
    this.#ways = ways
  }

  async reserve(message: Reserve): Promise<Reserved> {
    const { answer } = await this.#apply((state, now) => reserve(state, message, now))
    return answer
  }

  async settle(message: Settle): Promise<void> {
    await this.#apply((state, now) => settle(state, message, now))
  }

  async remember(message: Remember): Promise<void> {
    await this.#apply((state, now) => remember(state, message, now))
  }

  outboxPeek(limit: number): OutboxRow[] {
    return this.#hasTables() ? peek(this.ctx.storage.sql, limit) : []
  }

  outboxDelete(ids: string[]): void {
    if (this.#hasTables()) remove(this.ctx.storage.sql, ids)
  }

  ping(): boolean {
    return this.ctx.storage.sql.exec<{ alive: number }>('SELECT 1 AS alive').one().alive === 1
  }

  /** Six failed alarms in a row and the platform never calls again, so a failure sets the next one by itself. */
  override async alarm(): Promise<void> {
    try {
      this.#moveIsSet = false
      await this.#apply(advance)
      await this.#leaveOrLookAgain(await this.#move())
    } catch (error) {
      tellFailure(NAME, 'alarm', error)
      this.#forgetMemory()
      await this.ctx.storage.setAlarm(Date.now() + LOOK_AGAIN_MS)
    }
  }

  #move(): Promise<number | null> {
    return moveOn(this.#ways, this.env, {
      peek: (limit) => this.outboxPeek(limit).map(asObjectEvent),
      remove: (ids) => this.outboxDelete(ids),
    })
  }

  /** Nothing is awaited before the alarm is set, so an event that came while others were being moved is seen here. */
  async #leaveOrLookAgain(moveAgainAt: number | null): Promise<void> {
    const { state } = this.#read()
    const quietAt = emptiesAt(state)
    const waiting = this.#tables && count(this.ctx.storage.sql) > 0
    if (quietAt === null && !waiting) {
      this.#forgetMemory()
      this.#state = { ...emptyState(), checks: state.checks }
      await Promise.all([this.ctx.storage.deleteAlarm(), this.ctx.storage.deleteAll()])
      return
    }
    const moveAt = waiting ? (moveAgainAt ?? Date.now() + MOVE_AFTER_MS) : null
    await this.ctx.storage.setAlarm(moveAt ?? quietAt ?? state.clock + LOOK_AGAIN_MS)
    this.#alarmIsSet = true
  }

  /** Memory follows the transaction: what was not written was not counted. Nothing is awaited between reading and writing. */
  async #apply<S extends Step>(step: (state: GuardState, now: number) => S): Promise<S> {
    const { storage } = this.ctx
    const { state: before, fresh } = this.#read()
    const result = step(before, Date.now())
    if (!differs(before, result.state)) return this.#remembering(result)
    const told = result.events.filter(({ event, ...payload }) => this.#ways.wants(this.env, { type: event, payload }))
    storage.transactionSync(() => {
      if (fresh) stepForward(storage, TABLES)
      save(storage.sql, before, result.state)
      record(storage.sql, told)
    })
    this.#tables = true
    this.#remembering(result)
    await this.#makeSureOfAnAlarm(result.state, fresh)
    if (told.length > 0) await this.#moveSoon()
    return result
  }

  #remembering<S extends Step>(result: S): S {
    this.#state = result.state
    return result
  }

  #read(): { state: GuardState; fresh: boolean } {
    const made = this.#hasTables()
    this.#state ??= made ? load(this.ctx.storage.sql) : emptyState()
    return { state: this.#state, fresh: !made }
  }

  /** An object that never counted anything owns not even a table; one that has tables brings them up to date first. */
  #hasTables(): boolean {
    if (this.#tables) return true
    const { storage } = this.ctx
    const made = versionOf(storage.sql, TABLES) > 0
    if (made) stepForward(storage, TABLES)
    this.#tables = made
    return made
  }

  /** On a fresh object the alarm is set in the same turn as the first row, so neither is ever there without the other. */
  async #makeSureOfAnAlarm(state: GuardState, fresh: boolean): Promise<void> {
    if (this.#alarmIsSet) return
    if (fresh || (await this.ctx.storage.getAlarm()) === null) {
      await this.ctx.storage.setAlarm(emptiesAt(state) ?? state.clock + LOOK_AGAIN_MS)
    }
    this.#alarmIsSet = true
  }

  /** Earlier than the clean-up, which sets its own time again when everything is moved. */
  async #moveSoon(): Promise<void> {
    if (this.#moveIsSet) return
    this.#moveIsSet = true
    await this.ctx.storage.setAlarm(Date.now() + MOVE_AFTER_MS)
  }

  #forgetMemory(): void {
    this.#state = undefined
    this.#moveIsSet = false
    this.#tables = false
    this.#alarmIsSet = false
  }
}

tellFailuresOf(LoginGuardObject, NAME)
