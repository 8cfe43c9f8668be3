import { describe, expect, it, vi } from 'vitest'
import { afterwork } from './support/after-work.ts'
import { complaintsSoFar } from './support/each.ts'
import { BY_MAIL, confirming, registering } from './support/endings.ts'
import { MAILING, RESET_URL } from './support/mailbox.ts'
import { many } from './support/many.ts'
import { registerAndLogIn, workerClient } from './support/people.ts'
import { rowsOf } from './support/rows.ts'
import { wrapped } from './support/wrapped-env.ts'

const START = Date.UTC(2030, 0, 1)

const CODES = [
  ...BY_MAIL.map(({ title, begin }) => ({ title, begin, hours: title === 'a stopped change' ? 72 : 1 / 6 })),
  { title: 'a confirmed address', begin: confirming, hours: 1 / 6 },
  { title: 'a registration', begin: registering, hours: 1 / 6 },
]
const DIGITS = CODES.filter(({ title }) => !['a reset by the link', 'a stopped change'].includes(title))

async function begun({ begin, title }: (typeof CODES)[number]) {
  const EMAIL_VERIFICATION = title === 'a registration' ? 'before' : 'off'
  const { env } = wrapped({ ...MAILING, RESET_URL, EMAIL_VERIFICATION })
  const { userId, ...one } = await registerAndLogIn()
  const use = await begin({ env, who: workerClient(env), userId, one })
  await afterwork()
  return use
}

describe.each(CODES)('what is mailed for $title', (code) => {
  it('6.4.1 6.5.1 of twenty that use it at once one succeeds (better-auth b4bc65a), and afterwards nobody', async () => {
    const use = await begun(code)
    const outcomes = await many(20, (at) => use({}, undefined, `198.51.${at}.1`))
    expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(1)
    // On a slow machine twenty hashes may be more than the line before them holds.
    expect(outcomes.filter((outcome) => !/^(done|invalid_code|unavailable \d+)$/.test(outcome))).toEqual([])
    complaintsSoFar()
    expect(await use()).toBe('invalid_code')
  })

  it('6.5.4 6.5.5 lives so long: a second later it is refused, and a second before it works', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: START })
    const use = await begun(code)
    vi.setSystemTime(START + code.hours * 3_600_000 + 1_000)
    expect(await use()).toBe('invalid_code')
    await afterwork()
    vi.setSystemTime(START + code.hours * 3_600_000 - 1_000)
    expect(await use()).toBe('done')
  })
})

describe.each(DIGITS)('digits that are mailed for $title', (code) => {
  it('6.6.3 five wrong ones end them: the sixth try is dead with the right ones too', async () => {
    const use = await begun(code)
    for (let at = 0; at < 5; at++) expect(await use({ code: 'none' }, undefined, `198.51.${at}.1`)).toBe('invalid_code')
    expect(await rowsOf('codes where tries = 5')).toHaveLength(1)
    expect(await use()).toBe('invalid_code')
  })
})
