import { DurableObject } from 'cloudflare:workers'
import { tellFailure, tellFailuresOf } from './tell-failures.ts'

const NAME = 'Drain'
const LINE = 'line'
const AGAIN_AFTER_MS = 60_000

type Line = { sink: string; nth: number }

/** Delivers for one sink; true where more of it waits. */
export type DrainLine = (env: Env, ctx: DurableObjectState, line: Line) => Promise<boolean>

/**
 * One per sink and number: where a backlog is large, their alarms deliver beside each other, each with time and connections of its
 * own. It knows nothing but which sink it works for. Leases keep two of them apart.
 */
export class DrainObject extends DurableObject<Env> {
  readonly #drainLine: DrainLine

  constructor(ctx: DurableObjectState, env: Env, drainLine: DrainLine) {
    super(ctx, env)
    this.#drainLine = drainLine
  }

  /** While its alarm runs this sets the next one, so what came after its last look is seen too. */
  async drain(line: Line): Promise<void> {
    const { storage } = this.ctx
    if ((await storage.getAlarm()) !== null) return
    await Promise.all([storage.put(LINE, line), storage.setAlarm(Date.now())])
  }

  /** Six failed alarms in a row and the platform never calls again, so a failure sets the next one by itself. */
  override async alarm(): Promise<void> {
    const { storage } = this.ctx
    const line = await storage.get<Line>(LINE)
    if (!line) return
    try {
      if (await this.#drainLine(this.env, this.ctx, line)) await storage.setAlarm(Date.now())
    } catch (error) {
      tellFailure(NAME, 'alarm', error)
      await storage.setAlarm(Date.now() + AGAIN_AFTER_MS)
    }
  }
}

tellFailuresOf(DrainObject, NAME)
