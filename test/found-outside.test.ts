import { describe, expect, it, vi } from 'vitest'
import { postJson } from './support/api.ts'
import { complaintsSoFar } from './support/each.ts'
import { MAILING, RESET_URL, resetCode, resetLink } from './support/mailbox.ts'
import { throwing } from './support/pausing.ts'
import { ANN, from, register, registerAndLogIn, serviceWith } from './support/people.ts'
import { rowsOf } from './support/rows.ts'
import { wrapped } from './support/wrapped-env.ts'

const NEW = 'another horse battery'

async function pending(secretOf: (env: Env) => Promise<object>) {
  const watch = wrapped({ ...MAILING, RESET_URL })
  await registerAndLogIn()
  const secret = await secretOf(watch.env)
  watch.on('UserSessions.advance', throwing)
  const reset = (new_password: string, address = '203.0.113.7') =>
    postJson('/auth/password/reset', { ...secret, new_password }, from(address), watch.env)
  expect((await reset(NEW)).status).toBe(503)
  complaintsSoFar()
  watch.off('UserSessions.advance')
  return { watch, reset }
}

describe('what was found from outside', { timeout: 60_000 }, () => {
  it('web-password-oracle: a used link whose sessions are still to end is no place to try passwords without end', async () => {
    const { reset } = await pending(async (env) => ({ token: await resetLink(ANN, env) }))
    for (let n = 0; n < 10; n++) expect((await reset(`guess number ${n} horse`, `198.51.${n}.1`)).status).toBe(400)
    expect((await reset(NEW, '198.51.100.1')).status).toBe(400)
  })

  it('6.3.1 the repetition takes no try from a newer code', async () => {
    const { watch, reset } = await pending(async (env) => ({ email: ANN, code: await resetCode(ANN, env) }))
    await resetCode(ANN, watch.env)
    expect((await reset(NEW)).status).toBe(204)
    const waiting = await rowsOf<{ tries: number }>('codes where redeemed_at is null')
    expect(waiting.map(({ tries }) => tries)).toEqual([0])
  })

  it.each<Record<string, string>>([{ MAX_ACCOUNT_ATTEMPTS: '100' }, { MAX_ACCOUNT_CHECKS: '10' }])(
    '6.3.1 strangers who spend all of an account’s attempts at once keep no known device out, with %o',
    async (settings) => {
      vi.useFakeTimers({ toFake: ['Date'] })
      await register()
      const { tryToLogIn, logIn } = serviceWith(settings)
      const { device_token } = await logIn({}, from('192.0.2.250'))
      for (let n = 0; n < 120; n++)
        await tryToLogIn({ password: 'wrong horse battery' }, from(`198.51.${Math.floor(n / 5)}.1`))
      expect((await tryToLogIn({ device_token }, from('192.0.2.250'))).status).toBe(200)
    },
  )
})
