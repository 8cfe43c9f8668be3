import { describe, expect, it, vi } from 'vitest'
import { postJson } from './support/api.ts'
import { envWith } from './support/faulty-bindings.ts'
import { mailing, resetCode } from './support/mailbox.ts'
import { bearer, codeOf, from, PASSWORD, register, registerAndLogIn } from './support/people.ts'
import { rangesAsked, setRanges } from './support/switchboard.ts'

const BREACHED = 'correct horse battery staple'
const env = mailing({ BREACH_CHECK: 'on' })
const ann = { email: 'ann@example.com', password: BREACHED }
const signUp = (bindings = env, body = ann) => postJson('/auth/register', body, from('203.0.113.7'), bindings)

describe('6.2.12 BREACH_CHECK', () => {
  it('on: a password that stands in a breach is refused', async () => {
    await setRanges({ breached: [BREACHED] })
    const refused = await signUp()
    expect(await refused.clone().json()).toMatchObject({
      errors: [{ path: 'password', message: 'The password is known from a breach of another service.' }],
    })
    expect(await codeOf(refused)).toBe('422 invalid_body')
  })

  it('at change and reset too, before the new password is hashed', async () => {
    const { access_token } = await registerAndLogIn()
    await setRanges({ breached: [BREACHED] })
    const change = { current_password: PASSWORD, new_password: BREACHED }
    expect(await codeOf(await postJson('/auth/password/change', change, bearer(access_token), env))).toBe(
      '422 invalid_body',
    )
    const code = await resetCode(ann.email, env)
    const reset = (new_password: string) =>
      postJson('/auth/password/reset', { email: ann.email, code, new_password }, from('203.0.113.7'), env)
    expect(await codeOf(await reset(BREACHED))).toBe('422 invalid_body')
    expect((await reset('a word that nobody knows')).status).toBe(204)
  })

  it('off, which is the default, nobody is asked', async () => {
    await setRanges({ breached: [BREACHED] })
    expect((await signUp(mailing())).status).toBe(201)
    expect(await rangesAsked()).toEqual([])
  })

  it('only five hex digits of the hash leave, and padding is asked for', async () => {
    await setRanges({})
    expect((await signUp()).status).toBe(201)
    const [asked, ...more] = await rangesAsked()
    expect(more).toEqual([])
    expect(asked?.url).toMatch(/^https:\/\/api\.pwnedpasswords\.com\/range\/[0-9A-F]{5}$/)
    expect(asked?.headers['add-padding']).toBe('true')
    expect(JSON.stringify(asked)).not.toContain('staple')
  })

  it('a hash that is only padding is no breach', async () => {
    await setRanges({ padding: [BREACHED] })
    expect((await signUp()).status).toBe(201)
  })

  it('what the rules refuse is told to nobody', async () => {
    await setRanges({})
    expect((await signUp(env, { ...ann, password: 'short' })).status).toBe(422)
    expect(await rangesAsked()).toEqual([])
  })

  it.each([
    ['answers an error', { status: 500 }],
    ['hangs', { hang: true }],
  ])('where the service %s, the password is accepted and the log says so', async (_, ranges) => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    await setRanges({ breached: [BREACHED], ...ranges })
    const began = performance.now()
    expect((await signUp(envWith({ BREACH_CHECK: 'on' }))).status).toBe(201)
    expect(performance.now() - began).toBeLessThan(4_500)
    const said = warn.mock.calls.flat().join()
    expect(said).toContain('breach_check_skipped')
    expect(said).not.toContain('staple')
  })

  it('asks cost the address, so nobody has us ask without end', async () => {
    await setRanges({ breached: [BREACHED] })
    const two = mailing({ BREACH_CHECK: 'on', MAX_ADDRESS_ATTEMPTS: '2' })
    for (let at = 0; at < 2; at++) expect((await signUp(two)).status).toBe(422)
    expect(await codeOf(await signUp(two))).toBe('429 too_many_attempts')
    await register('bob@example.com')
  })
})
