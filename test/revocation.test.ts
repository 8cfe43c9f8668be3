import { describe, expect, it, vi } from 'vitest'
import { afterwork } from './support/after-work.ts'
import { pass } from './support/clock.ts'
import { fireCron } from './support/cron.ts'
import { heldDeliveries } from './support/deliveries.ts'
import { complaintsSoFar } from './support/each.ts'
import { BY_MAIL, lives, OF_SESSIONS, OF_USERS, refusedBy, twoSessions } from './support/endings.ts'
import { type Cue, goingOn, oneAfterAnother, throwing } from './support/pausing.ts'
import { from, NEXT, people, register, workerClient } from './support/people.ts'
import { rowsOf, sql } from './support/rows.ts'
import { wrapped } from './support/wrapped-env.ts'

const deliveries = heldDeliveries()

describe.each([...OF_SESSIONS, ...OF_USERS, ...BY_MAIL])('$title', (ending) => {
  it('7.4.1 7.4.2 7.4.3 7.4.5 7.5.2 everything refuses at once, with KV serving the old profile and nothing delivered', async () => {
    const { end, isOver } = await twoSessions(ending)
    deliveries.hold()
    expect(await end()).toBe('done')
    await isOver()
  })
})

describe.each([...OF_USERS, ...BY_MAIL])('$title', (ending) => {
  it('7.4.2 7.4.3 with the session object out of reach it stands, says so, and its repetition completes it', async () => {
    const { watch, end, isOver, other } = await twoSessions(ending)
    watch.on(`UserSessions.${ending.by}`, throwing)
    for (let n = 0; n < 2; n++) expect(await end()).toBe('revocation_pending 1')
    expect(complaintsSoFar()).toHaveLength(2)
    expect(await people.verify(other.access_token)).toMatchObject({ ok: true })
    const loggedIn = await people.tryToLogIn({}, from('192.0.2.77'))
    expect(loggedIn.ok ? 'done' : (await loggedIn.json<{ code: string }>()).code).toBe(ending.logIn)
    watch.off(`UserSessions.${ending.by}`)
    expect(await end()).toBe('done')
    await isOver()
    expect(await end()).toBe(ending.again)
  })
})

describe.each(OF_USERS)('$title', (ending) => {
  it('7.4.2 7.4.3 where nobody asks again the outbox tells the session object within a minute, and as often as it likes', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    pass({})
    const { watch, end, isOver } = await twoSessions(ending)
    watch.on(`UserSessions.${ending.by}`, throwing)
    expect(await end()).toBe('revocation_pending 1')
    await afterwork()
    complaintsSoFar()
    watch.off(`UserSessions.${ending.by}`)
    pass({ minutes: 1 })
    await fireCron(watch.env)
    await isOver()
    expect(await rowsOf("outbox where sink = 'sessions' and state <> 'delivered'")).toEqual([])
    await sql()`update outbox set state = 'waiting', settled_at = null, next_at = created_at where sink = 'sessions'`
    await fireCron(watch.env)
    expect(await rowsOf("outbox where sink = 'sessions' and state <> 'delivered'")).toEqual([])
  })

  it('7.4.2 7.4.3 with the answer of the database lost it is unavailable, and its repetition completes it', async () => {
    const { watch, end, isOver } = await twoSessions(ending)
    const lost: Cue = async (go) => {
      await go()
      throw new TypeError('the connection was closed')
    }
    watch.watchSql()
    watch.on('SQL', oneAfterAnother(...((ending.change === 1 ? [lost] : [goingOn, lost]) as [Cue]), goingOn))
    expect(await end()).toMatch(/^unavailable \d$/)
    complaintsSoFar()
    expect(await end()).toBe('done')
    await isOver()
  })
})

describe('with the session object out of reach', () => {
  it('7.4.3 the new password opens a session meanwhile, and that ends the old ones too', async () => {
    const [changed] = OF_USERS
    if (!changed) throw new Error('there is a password change')
    const { watch, who, end, other } = await twoSessions(changed)
    watch.on('UserSessions.advance', throwing)
    expect(await end()).toBe('revocation_pending 1')
    complaintsSoFar()
    const fresh = await people.logIn({ password: NEXT })
    await refusedBy(who, other)
    await lives(who, fresh)
  })

  it('lower rights stand, say so, and their repetition completes them', async () => {
    const userId = await register()
    const { access_token } = await people.logIn()
    await people.setRoles(userId, ['admin'])
    const watch = wrapped()
    const who = workerClient(watch.env)
    watch.on('UserSessions.advance', throwing)
    expect(await who.setRoles(userId, [])).toMatchObject({ error: 'revocation_pending', retryAfter: 1 })
    complaintsSoFar()
    watch.off('UserSessions.advance')
    expect(await who.setRoles(userId, [])).toMatchObject({ ok: true })
    expect(await who.verify(access_token)).toMatchObject({ ok: true, value: { roles: [] } })
  })
})
