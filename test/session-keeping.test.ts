import { describe, expect, it } from 'vitest'
import { clean, nextDue } from '../src/features/sessions/state/decide.ts'
import { ENDED_SESSIONS_KEPT } from '../src/features/sessions/state/draft.ts'
import { open } from '../src/features/sessions/state/open.ts'
import { DAY, MINUTE, opening } from './support/session-messages.ts'
import { SessionModel } from './support/session-model.ts'

describe('what is kept, and for how long', () => {
  it('ended sessions are bounded, and forgotten when their tokens could not live any more', () => {
    const model = new SessionModel()
    for (let index = 0; index <= ENDED_SESSIONS_KEPT + 9; index++) {
      model.clock += MINUTE
      model.send(open, opening(`s${index}`, {}, { cap: 1 }))
    }
    expect([model.ended().length, model.ended()[0]?.id]).toEqual([ENDED_SESSIONS_KEPT, 's9'])
    model.clock = nextDue(model.state) ?? 0
    model.send(clean, undefined)
    expect(model.ended().length).toBeLessThanOrEqual(ENDED_SESSIONS_KEPT)
    model.clock += 90 * DAY
    model.send(clean, undefined)
    expect([model.rows.size, nextDue(model.state), model.account?.version]).toEqual([0, null, 1])
    expect(model.send(open, opening('old', { authVersion: 0 }))).toEqual({ ok: false, error: 'stale' })
  })
})
