import { describe, expect, it, vi } from 'vitest'
import { postJson } from './support/api.ts'
import { digitsIn, digitsMailedTo, lastMailTo, mailing, mailsTo, otherThan } from './support/mailbox.ts'
import { ANN, codeOf, from, PASSWORD, register } from './support/people.ts'
import { rowsOf } from './support/rows.ts'
import { setRanges } from './support/switchboard.ts'

const HERE = '203.0.113.7'
const env = mailing({ EMAIL_VERIFICATION: 'before' })

const post = (path: string, body: object, address = HERE) => postJson(path, body, from(address), env)
const signUp = (fields: object = {}, address = HERE) =>
  post('/auth/register', { email: ANN, password: PASSWORD, ...fields }, address)
const verify = (registration: string, code: string, address = HERE) =>
  post('/auth/email/verify', { registration, code }, address)

async function begin(fields: { email?: string; username?: string } = {}, address = HERE) {
  const answer = await signUp(fields, address)
  expect(answer.status).toBe(202)
  const { registration } = await answer.json<{ registration: string }>()
  return { registration, code: await digitsMailedTo(fields.email ?? ANN) }
}

describe('EMAIL_VERIFICATION=before', () => {
  it('nobody exists before the code came back; then everything is as it was asked for', async () => {
    const { registration, code } = await begin({ username: 'Annie' })
    expect(await rowsOf('users')).toEqual([])
    const created = await verify(registration, code)
    expect(created.status).toBe(200)
    expect(await created.json()).toMatchObject({ username: 'Annie', email: ANN, full_name: null })
    expect((await post('/auth/login', { username: 'annie', password: PASSWORD })).status).toBe(200)
    expect((await lastMailTo(ANN)).subject).toBe('Welcome to Postern')
    const [user] = await rowsOf<{ email_verified_at: unknown }>('users')
    expect(user?.email_verified_at).not.toBeNull()
  })

  it('6.3.8 register: a free and a taken address get one answer, and the owner a mail', async () => {
    await register()
    const shapeOf = async (answer: Response) => {
      const { registration, ...rest } = await answer.json<{ registration: string }>()
      const headers = [...answer.headers].filter(([name]) => name !== 'x-request-id')
      return [answer.status, headers, rest, registration.length]
    }
    const taken = await shapeOf(await signUp())
    const free = await shapeOf(await signUp({ email: 'bob@example.com' }))
    expect([taken[0], taken[1], taken[2]]).toEqual([free[0], free[1], free[2]])
    expect(taken[3]).toBe(free[3])
    const mail = await lastMailTo(ANN)
    expect(mail.subject).toBe('You already have a Postern account')
    expect(digitsIn(mail)).toBe('')
  })

  it('6.3.8 what was answered for a taken address is refused like wrong digits', async () => {
    await register()
    const { registration } = await (await signUp()).json<{ registration: string }>()
    const { registration: other } = await (await signUp({ email: 'bob@example.com' })).json<{ registration: string }>()
    const ofTaken = await verify(registration, '123456')
    const ofFree = await verify(other, otherThan(await digitsMailedTo('bob@example.com')))
    expect([ofTaken.status, await ofTaken.text()]).toEqual([ofFree.status, await ofFree.text()])
  })

  it('several wait for one address, each with a code of its own, and the first confirmed ends the others', async () => {
    const first = await begin({ username: 'first' })
    const second = await begin({ username: 'second' }, '203.0.113.8')
    const third = await begin({ username: 'third' }, '203.0.113.9')
    if (first.code !== third.code)
      expect(await codeOf(await verify(first.registration, third.code))).toBe('400 invalid_code')
    expect(await (await verify(second.registration, second.code)).json()).toMatchObject({ username: 'second' })
    for (const { registration, code } of [first, third])
      expect(await codeOf(await verify(registration, code))).toBe('400 invalid_code')
  })

  it('6.5.1 of three registrations of one address completed at once, one becomes the user', async () => {
    const waiting = [await begin({}, '203.0.113.1'), await begin({}, '203.0.113.2'), await begin({}, '203.0.113.3')]
    const all = await Promise.all(
      waiting.map(({ registration, code }, at) => verify(registration, code, `203.0.113.${at}`)),
    )
    expect(all.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(await rowsOf('users')).toHaveLength(1)
  })

  it('a taken username is 409, and so is one that was taken while the code was on its way', async () => {
    await register('bob@example.com', { username: 'annie' })
    expect(await codeOf(await signUp({ username: 'Annie' }))).toBe('409 identifier_taken')
    const { registration, code } = await begin({ username: 'hannah' })
    await register('carol@example.com', { username: 'hannah' })
    expect(await codeOf(await verify(registration, code))).toBe('409 identifier_taken')
  })

  it('6.3.1 a taken username counts for the address that asks, and takes nothing from the one it is asked for', async () => {
    await register('bob@example.com', { username: 'annie' })
    const three = mailing({ EMAIL_VERIFICATION: 'before', MAX_ADDRESS_MAILS: '3' })
    const body = { email: ANN, password: PASSWORD, username: 'annie' }
    const ask = (address: string) => postJson('/auth/register', body, from(address), three)
    for (const address of [HERE, HERE, HERE, '203.0.113.8'])
      expect(await codeOf(await ask(address))).toBe('409 identifier_taken')
    expect(await codeOf(await ask(HERE))).toBe('429 too_many_attempts')
    await begin({}, '203.0.113.9')
  })

  it('6.3.1 so does a password known from a breach, which another service was asked for', async () => {
    await setRanges({ breached: [PASSWORD] })
    const two = mailing({ EMAIL_VERIFICATION: 'before', MAX_ADDRESS_MAILS: '2', BREACH_CHECK: 'on' })
    const ask = () => postJson('/auth/register', { email: ANN, password: PASSWORD }, from(HERE), two)
    expect([(await ask()).status, (await ask()).status, (await ask()).status]).toEqual([422, 422, 429])
  })

  it('a taken username is 409 also where the address gets no more mails', async () => {
    await register('bob@example.com', { username: 'annie' })
    for (let at = 0; at < 3; at++) await signUp({}, `203.0.113.${at}`)
    expect(await codeOf(await signUp({ username: 'Annie' }))).toBe('409 identifier_taken')
    expect((await signUp({ username: 'hannah' })).status).toBe(202)
    expect(await mailsTo(ANN)).toHaveLength(3)
  })

  it('6.6.3 five wrong ones end the code; another one has tries of its own, and the registration’s ten in a day stand', async () => {
    const { registration, code } = await begin()
    for (let at = 0; at < 5; at++) await verify(registration, otherThan(code), `203.0.113.${at}`)
    expect(await codeOf(await verify(registration, code))).toBe('400 invalid_code')
    await post('/auth/email/send-code', { registration })
    const second = await digitsMailedTo(ANN)
    for (let at = 0; at < 5; at++) await verify(registration, otherThan(second), `203.0.114.${at}`)
    await post('/auth/email/send-code', { registration })
    expect(await codeOf(await verify(registration, await digitsMailedTo(ANN), '203.0.115.1'))).toBe('400 invalid_code')
  })

  it('6.6.3 a stranger who registers the address and guesses takes no try from its owner', async () => {
    const strangers = await begin({}, '203.0.113.66')
    for (let at = 0; at < 10; at++) await verify(strangers.registration, otherThan(strangers.code), `203.0.114.${at}`)
    const { registration, code } = await begin()
    expect((await verify(registration, code)).status).toBe(200)
  })

  it('a renewed code takes the place of the old one', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2030, 0, 1) })
    const { registration, code } = await begin()
    vi.setSystemTime(Date.UTC(2030, 0, 1, 0, 11))
    expect(await codeOf(await verify(registration, code))).toBe('400 invalid_code')
    await post('/auth/email/send-code', { registration })
    const renewed = await digitsMailedTo(ANN)
    if (renewed !== code) expect(await codeOf(await verify(registration, code))).toBe('400 invalid_code')
    expect((await verify(registration, renewed)).status).toBe(200)
  })

  it('a registration that is not ours is refused like wrong digits', async () => {
    const { registration, code } = await begin()
    for (const forged of ['', 'x', registration.slice(0, -1), `${registration}A`])
      expect(await codeOf(await verify(forged, code))).toBe('400 invalid_code')
    expect((await post('/auth/email/send-code', { registration: 'x' })).status).toBe(202)
  })

  it('16.2.5 the row that waits holds a hash and neither password nor digits', async () => {
    const { code } = await begin()
    const rows = JSON.stringify([await rowsOf('codes'), await rowsOf('outbox')])
    expect(rows).not.toContain(PASSWORD)
    expect(rows).not.toMatch(new RegExp(`\\b${code}\\b`))
  })
})
