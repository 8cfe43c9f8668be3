import { DurableObject } from 'cloudflare:workers'
import { tellFailure, tellFailuresOf } from './tell-failures.ts'

const NAME = 'Wake'
const MARKED_UNTIL = 'marked until'
/** Longer than any isolate relies on its mark, and than the statement may take that it begins at the end of that. */
const MARK_MS = 120_000
/** A mark that is good for this long yet is not written again. */
const GOOD_ENOUGH_MS = 90_000
/** While rows may come, somebody looks for them so often. */
const LOOKS_EVERY_MS = 60_000
/** What failed is due again within seconds, and a sink that is down would be asked without a pause. */
const SOONEST_MS = 30_000

/** Delivers what is due. Returns when something is due next, or null where nothing waits. */
export type SweepAll = (env: Env, ctx: DurableObjectState) => Promise<number | null>

/**
 * Knows whether rows may be waiting in Postgres, so that nobody asks Postgres where none can be. An isolate marks it before it records
 * rows, and the alarm goes on until the marks have run out and nothing waits. There are a few of them, and each sweeps everything.
 */
export class WakeObject extends DurableObject<Env> {
  readonly #sweepAll: SweepAll

  constructor(ctx: DurableObjectState, env: Env, sweepAll: SweepAll) {
    super(ctx, env)
    this.#sweepAll = sweepAll
  }

  /** Rows may be recorded from now on. The answer leaves when this is on disk. */
  async mark(): Promise<void> {
    const { storage } = this.ctx
    const now = Date.now()
    if ((await this.#markedUntil()) < now + GOOD_ENOUGH_MS) await storage.put(MARKED_UNTIL, now + MARK_MS)
    await this.#armBy(now + LOOKS_EVERY_MS)
  }

  /** Six failed alarms in a row and the platform never calls again, so a failure sets the next one by itself. */
  override async alarm(): Promise<void> {
    const began = Date.now()
    try {
      const dueAt = await this.#sweepAll(this.env, this.ctx)
      // What was recorded under a mark that had run out before the sweep began was seen by it. Of any other mark nobody knows.
      const marked = (await this.#markedUntil()) > began
      const next = earliest(
        dueAt === null ? null : Math.max(dueAt, Date.now() + SOONEST_MS),
        marked ? began + LOOKS_EVERY_MS : null,
      )
      if (next === null) await this.ctx.storage.deleteAll()
      else await this.#armBy(Math.max(next, Date.now()))
    } catch (error) {
      tellFailure(NAME, 'alarm', error)
      await this.#armBy(Date.now() + LOOKS_EVERY_MS)
    }
  }

  #markedUntil = async (): Promise<number> => (await this.ctx.storage.get<number>(MARKED_UNTIL)) ?? 0

  /** An alarm is only ever moved earlier. */
  async #armBy(at: number): Promise<void> {
    const set = await this.ctx.storage.getAlarm()
    if (set === null || set > at) await this.ctx.storage.setAlarm(at)
  }
}

tellFailuresOf(WakeObject, NAME)

const earliest = (a: number | null, b: number | null) => (a === null || b === null ? (a ?? b) : Math.min(a, b))
