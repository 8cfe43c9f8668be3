import { describe, expect, it } from 'vitest'
import { capOnNotice } from '../src/features/mail/notices.ts'
import { open } from '../src/features/sessions/state/open.ts'
import { DEFAULT_LIMITS } from './support/guard-limits.ts'
import { opening, type place } from './support/session-messages.ts'
import { SessionModel } from './support/session-model.ts'

const GUARD = { limits: DEFAULT_LIMITS, nameOf: (_: string, text: string) => text }
const CURL = 'curl/8.14.1'
type Where = Partial<typeof place> & { known?: boolean }

function logIn(model: SessionModel, id: string, { known = false, ...where }: Where = {}) {
  const message = opening(id)
  model.send(open, { ...message, knownDevice: known, session: { ...message.session, ...where } })
  const { type = '', payload } = model.outbox.at(-1) ?? {}
  return capOnNotice(GUARD, { type, userId: 7, payload: payload ?? {} }) !== null
}

describe('a new device', () => {
  it('is none at the first log-in of all: there is nothing to compare it with', () => {
    expect(logIn(new SessionModel(), 'a')).toBe(false)
  })

  it('is one of another kind, or in another network, and only the first time', () => {
    const model = new SessionModel()
    logIn(model, 'a')
    expect(logIn(model, 'b')).toBe(false)
    expect(logIn(model, 'c', { userAgent: CURL })).toBe(true)
    expect(logIn(model, 'd', { userAgent: CURL })).toBe(false)
    expect(logIn(model, 'e', { network: '198.51.100.0/24' })).toBe(true)
  })

  it('is none that shows a device token of this account, wherever it is', () => {
    const model = new SessionModel()
    logIn(model, 'a')
    expect(logIn(model, 'b', { userAgent: CURL, network: '198.51.100.0/24', known: true })).toBe(false)
  })
})
