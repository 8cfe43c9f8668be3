import { describe, expect, it, vi } from 'vitest'
import { afterwork } from './support/after-work.ts'
import { postJson } from './support/api.ts'
import { complaintsSoFar } from './support/each.ts'
import { heldHash } from './support/guessing.ts'
import { MAILING, resetCode } from './support/mailbox.ts'
import { many, statuses } from './support/many.ts'
import { goingOn, oneAfterAnother, pause, throwing } from './support/pausing.ts'
import { ANN, codeOf, from, register } from './support/people.ts'
import { rowsOf } from './support/rows.ts'
import { type Settings, wrapped } from './support/wrapped-env.ts'

const BOB = 'bob@example.com'
const HERE = '203.0.113.7'

/** A Worker with mail, and how one resets there. */
function there(settings: Settings = {}) {
  const watch = wrapped({ ...MAILING, ...settings })
  const reset = (email: string, code: string, address = HERE) =>
    postJson('/auth/password/reset', { email, code, new_password: 'another horse battery' }, from(address), watch.env)
  return { ...watch, reset }
}

const nobody = (at: number) => `nobody${at}@example.com`
/** Ten addresses in each of many /48 networks. */
const far = (at: number) => `2001:db8:${(at % 20).toString(16)}:${at}::1`

describe('6.3.1 the alarm over all digits of forgotten passwords', { timeout: 60_000 }, () => {
  it('is not raised by a hundred tries at addresses that are nobody’s', async () => {
    await register()
    const { reset, env } = there()
    for (let at = 0; at < 100; at++) expect((await reset(nobody(at), '123456', far(at))).status).toBe(400)
    expect((await reset(ANN, await resetCode(ANN, env))).status).toBe(204)
  })

  it('nor by tries at somebody for whom no code lives: none was mailed, it was used, it was used up', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2030, 0, 1) })
    for (const email of [ANN, BOB, 'eve@example.com']) await register(email)
    const { reset, env } = there({ RESET_ALARM_PER_HOUR: '6' })
    for (let at = 0; at < 2; at++) await reset(ANN, '123456', far(at))
    const used = await resetCode(BOB, env)
    expect((await reset(BOB, used, far(2))).status).toBe(204)
    for (let at = 0; at < 2; at++) await reset(BOB, '123456', far(3 + at))
    await resetCode('eve@example.com', env)
    for (let at = 0; at < 9; at++) await reset('eve@example.com', '1', far(6 + at))
    expect(await rowsOf('codes where tries = 5')).toHaveLength(1)
    expect((await reset(ANN, await resetCode(ANN, env))).status).toBe(204)
  })

  it('is raised by exactly as many wrong ones at codes that live as are said', async () => {
    await register()
    await register(BOB)
    const { reset, env } = there({ RESET_ALARM_PER_HOUR: '3' })
    const bobs = await resetCode(BOB, env)
    await resetCode(ANN, env)
    for (let at = 0; at < 2; at++) await reset(ANN, '1', far(at))
    await afterwork()
    expect((await reset(BOB, bobs)).status).toBe(204)
    await afterwork()
    await reset(ANN, '1', far(2))
    expect(await codeOf(await reset(BOB, await resetCode(BOB, env)))).toBe('400 invalid_code')
  })

  it('lets no more be compared where they are tried at once', async () => {
    const { reset, env } = there({ RESET_ALARM_PER_HOUR: '3' })
    const people = Array.from({ length: 10 }, (_, at) => `somebody${at}@example.com`)
    for (const email of people) {
      await register(email)
      await resetCode(email, env)
    }
    const answers = await many(10, (at) => reset(people[at] ?? '', '1', far(at)))
    const { 400: refused = 0, 429: busy = 0 } = statuses(answers)
    expect(refused + busy).toBe(10)
    const tries = (await rowsOf<{ tries: number }>('codes')).map(({ tries }) => tries)
    expect(tries.reduce((sum, each) => sum + each, 0)).toBe(3)
  })

  it('is not held full by tries at nobody that wait for their hash', async () => {
    await register()
    const strangers = there()
    const owner = there({ RESET_ALARM_PER_HOUR: '3' })
    const code = await resetCode(ANN, owner.env)
    const { spy, reached, goOn } = heldHash()
    const tried = many(20, (at) => strangers.reset(nobody(at), '123456', far(at)))
    await reached
    spy.mockRestore()
    const waiting = () => strangers.calls.filter((call) => call === 'LoginGuard.reserve code')
    await expect.poll(waiting).toHaveLength(20)
    expect((await owner.reset(ANN, code)).status).toBe(204)
    goOn()
    expect(statuses(await tried)).toEqual({ 400: 20 })
  })

  it('says come again where others fill what is left at this moment: the same for a right code and for nobody', async () => {
    await register()
    const one = there({ RESET_ALARM_PER_HOUR: '1' })
    const code = await resetCode(ANN, one.env)
    const { cue, reached, goOn } = pause()
    one.watchSql()
    one.on('SQL', oneAfterAnother(cue, goingOn))
    const stranger = one.reset(nobody(1), '123456', far(1))
    await reached
    for (const ask of [() => one.reset(ANN, code), () => one.reset(nobody(2), '123456', far(2))]) {
      const refused = await ask()
      expect(refused.headers.get('retry-after')).toBe('1')
      expect(await codeOf(refused)).toBe('429 too_many_attempts')
    }
    goOn()
    expect((await stranger).status).toBe(400)
    await afterwork()
    expect((await one.reset(ANN, code)).status).toBe(204)
  })

  it('is given back where Postgres is down', async () => {
    await register()
    const one = there({ RESET_ALARM_PER_HOUR: '1' })
    const code = await resetCode(ANN, one.env)
    one.watchSql()
    one.on('SQL', throwing)
    expect(await codeOf(await one.reset(ANN, code))).toBe('503 unavailable')
    complaintsSoFar()
    one.off('SQL')
    expect((await one.reset(ANN, code)).status).toBe(204)
  })
})
