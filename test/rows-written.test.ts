import { runDurableObjectAlarm } from 'cloudflare:test'
import { beforeEach, describe, expect, it } from 'vitest'
import { inside, listen } from './support/objects.ts'
import { from, objectOf, people, registerAndLogIn, type TokenAnswer } from './support/people.ts'
import { rowsWrittenBy } from './support/rows-written.ts'

const HOME = from('203.0.113.7')
const ELSEWHERE = from('198.51.100.9')

/** Four fifths of a log-in's bill are rows: docs/cost.md has the prices. */
describe('rows that objects write', () => {
  it('25 for the first log-in of a user, which makes three objects', async () => {
    await people.register('ann@example.com', {}, ELSEWHERE)
    expect(await rowsWrittenBy(() => people.logIn({}, HOME))).toBe(25)
  })

  describe('of a user who has logged in', () => {
    let tokens: TokenAnswer
    beforeEach(async () => {
      tokens = await registerAndLogIn()
      await people.logIn({}, HOME)
    })

    it('5 for a log-in: a reservation and its settlement at two guards, and the session', async () => {
      expect(await rowsWrittenBy(() => people.logIn({}, HOME))).toBe(5)
    })

    it('6 where the oldest session makes room', async () => {
      for (let more = 0; more < 4; more += 1) await people.logIn({}, HOME)
      expect(await rowsWrittenBy(() => people.logIn({}, HOME))).toBe(6)
    })

    it('9 where a broker hears of it: the event comes, an alarm moves it, and the next one is set', async () => {
      const object = objectOf(tokens)
      await listen(object)
      const loggingIn = async () => {
        await people.logIn({}, HOME)
        await runDurableObjectAlarm(object)
      }
      // Once an isolate and minute, a mark that rows may wait is one more.
      expect([await rowsWrittenBy(loggingIn), await rowsWrittenBy(loggingIn)]).toEqual([10, 9])
    })

    it('12 from a new address, whose guard is made', async () => {
      expect(await rowsWrittenBy(() => people.logIn({}, ELSEWHERE))).toBe(12)
    })

    it('9 with a known device, whose guard is made', async () => {
      const { device_token } = await people.logIn()
      expect(await rowsWrittenBy(() => people.tryToLogIn({ device_token }, HOME))).toBe(9)
    })

    it('1 for a refresh, for the first use of its access token, and for the log-out; none for another use', async () => {
      const { refresh_token } = tokens
      let access = ''
      const refresh = async () => {
        access = (await (await people.refresh(refresh_token)).json<TokenAnswer>()).access_token
      }
      const me = () => people.me(access)
      const rows = [refresh, me, me, () => people.logOut(access)].map((work) => () => rowsWrittenBy(work))
      const written: number[] = []
      for (const count of rows) written.push(await count())
      expect(written).toEqual([1, 1, 0, 1])
    })
  })

  it('a user with five sessions takes at most 24 KiB', async () => {
    const object = objectOf(await registerAndLogIn())
    for (let more = 0; more < 4; more += 1) await people.logIn({}, HOME)
    const bytes = await inside(object, ({ sql }) => sql.databaseSize)
    expect(bytes).toBeLessThanOrEqual(24 * 1024)
  })
})
