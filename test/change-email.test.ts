import { describe, expect, it } from 'vitest'
import { call, postJson } from './support/api.ts'
import {
  digitsMailedTo,
  lastMailTo,
  linkIn,
  mailing,
  mailsTo,
  otherThan,
  resetCode,
  resetLink,
  tokenIn,
  withLinks,
} from './support/mailbox.ts'
import { winners } from './support/many.ts'
import { ask, bearer, codeOf, from, NEXT, PASSWORD, people, register, registerAndLogIn } from './support/people.ts'
import { rowsOf } from './support/rows.ts'
import { breakEndpoint, healEndpoints } from './support/switchboard.ts'

const OLD = 'ann@example.com'
const NEW = 'ann@new.example'
const HERE = '203.0.113.7'
const env = mailing()

const post = (path: string, body: object, token?: string, address = HERE) =>
  postJson(path, body, { ...from(address), ...(token && bearer(token)) }, env)
const change = (token: string, fields: object = {}) =>
  post('/auth/email/change', { email: NEW, password: PASSWORD, ...fields }, token)
const verify = (code: string, token?: string, address = HERE, email = NEW) =>
  post('/auth/email/verify', { email, code }, token, address)
const stop = (token: string, address = HERE) => post('/auth/email/stop', { token }, undefined, address)
/** Ann has asked for another address, and its code has arrived. */
async function begun() {
  const tokens = await registerAndLogIn()
  expect((await change(tokens.access_token)).status).toBe(202)
  return { ...tokens, code: await digitsMailedTo(NEW) }
}
async function changed() {
  const tokens = await begun()
  expect((await verify(tokens.code, tokens.access_token)).status).toBe(200)
  return tokens
}
/** Who has no password any more gets another one by mail. */
async function resetOld() {
  const reset = { email: OLD, code: await resetCode(OLD, env), new_password: 'another horse battery' }
  expect((await post('/auth/password/reset', reset)).status).toBe(204)
  return people.logIn({ password: 'another horse battery' })
}
const subjectsTo = async (address: string) => (await mailsTo(address)).map(({ subject }) => subject)

describe('changing the e-mail address', () => {
  it('7.5.1 takes the password again: missing or wrong, nothing is mailed', async () => {
    const { access_token } = await registerAndLogIn()
    expect(await codeOf(await change(access_token, { password: 'wrong' }))).toBe('403 wrong_password')
    expect(await codeOf(await change(access_token, { password: undefined }))).toBe('422 invalid_body')
    expect(await codeOf(await post('/auth/email/change', { email: NEW, password: PASSWORD }))).toBe(
      '401 access_token_missing',
    )
    expect([...(await mailsTo(NEW)), ...(await mailsTo(OLD))]).toEqual([])
  })

  it('changes nothing before the code of the new address came back, and then the address and the name that it was', async () => {
    const { access_token } = await registerAndLogIn()
    expect((await change(access_token)).status).toBe(202)
    expect(await (await people.me(access_token)).json()).toMatchObject({ email: OLD, username: OLD })
    const changed = await verify(await digitsMailedTo(NEW), access_token)
    expect([changed.status, await changed.json()]).toMatchObject([200, { email: NEW, username: NEW }])
    expect(await (await people.me(access_token)).json()).toMatchObject({
      email: NEW,
      username: NEW,
      email_verified: true,
    })
    expect(await codeOf(await postJson('/auth/login', { username: OLD, password: PASSWORD }))).toBe(
      '401 invalid_credentials',
    )
    await people.logIn({ username: NEW })
  })

  it('web-borrowed-name nobody is called by the address that was left, not even who left it', async () => {
    const { access_token } = await changed()
    const borrowed = await ask('PATCH', '/auth/me', access_token, { body: { username: OLD }, bindings: env })
    expect(await codeOf(borrowed)).toBe('422 invalid_body')
    expect(await (await people.me(access_token)).json()).toMatchObject({ username: NEW, email: NEW })
  })

  it('6.3.7 the old address is told twice, each time with a link that stops it, and the new one once it is so', async () => {
    const { access_token } = await begun()
    expect(await subjectsTo(OLD)).toEqual(['Your Postern e-mail address is about to change'])
    await verify(await digitsMailedTo(NEW), access_token)
    expect(await subjectsTo(OLD)).toEqual([
      'Your Postern e-mail address is about to change',
      'Your Postern e-mail address has changed',
    ])
    const links = (await mailsTo(OLD)).map(linkIn)
    for (const link of links) expect(link).toMatch(/^https:\/\/auth\.example\.com\/auth\/email\/stop#token=[\w-]{43}$/)
    const told = await lastMailTo(NEW)
    expect([told.subject, linkIn(told)]).toEqual(['Your Postern e-mail address has changed', ''])
  })

  it('every mail with a link or a code ends to be sent when that is dead, and what ends sessions never does', async () => {
    const { access_token, code } = await begun()
    await breakEndpoint('emails', 'error')
    await verify(code, access_token)
    await healEndpoints()
    type Row = { sink: string; type: string; hours: number | null }
    const hours = 'extract(epoch from deliver_before - created_at)::int / 3600.0'
    const rows = await rowsOf<Row>(
      `(select sink, type, place, (${hours})::float as hours from outbox) as o order by place`,
    )
    expect(rows.map(({ sink, type, hours }) => [sink, type, hours])).toEqual([
      ['mail:secret', 'code_mailed', 10 / 60],
      ['mail:secret', 'email_change_begun', 72],
      ['sessions', 'email_changed', null],
      ['mail:secret', 'email_changed', 72],
      ['profile', 'email_changed', null],
      ['mail', 'email_changed', null],
    ])
  })

  it('6.6.2 the code is good for the user who asked, and nobody else', async () => {
    const ann = await registerAndLogIn()
    const bob = await registerAndLogIn('bob@example.com')
    await change(ann.access_token)
    const code = await digitsMailedTo(NEW)
    expect(await codeOf(await verify(code))).toBe('400 invalid_code')
    expect(await codeOf(await verify(code, bob.access_token))).toBe('400 invalid_code')
    expect(await codeOf(await verify(code, `${ann.access_token}x`))).toBe('401 invalid_access_token')
    expect((await verify(code, ann.access_token)).status).toBe(200)
  })

  it('7.4.1 a session that ended while the code was on its way changes nothing, and takes no try from the code', async () => {
    const { access_token, code } = await begun()
    await people.logOut(access_token)
    for (const typed of [otherThan(code), code])
      expect(await codeOf(await verify(typed, access_token))).toBe('401 invalid_access_token')
    expect(await rowsOf('users')).toMatchObject([{ email: OLD }])
    expect(await rowsOf('codes')).toMatchObject([{ tries: 0, redeemed_at: null }])
  })

  it('three codes in a quarter of an hour for each user who asks, whatever others ask for the same address', async () => {
    const eve = await registerAndLogIn('eve@example.com')
    for (let at = 0; at < 4; at++) expect((await change(eve.access_token)).status).toBe(202)
    expect(await mailsTo(NEW)).toHaveLength(3)
    const { access_token } = await begun()
    expect(await subjectsTo(OLD)).toEqual(['Your Postern e-mail address is about to change'])
    expect((await verify(await digitsMailedTo(NEW), access_token)).status).toBe(200)
  })

  it('MAX_MAILBOX_MAILS bounds what all of them have mailed to it', async () => {
    const two = mailing({ MAX_MAILBOX_MAILS: '2' })
    for (const name of ['eve', 'mallory', 'trudy']) {
      const { access_token } = await registerAndLogIn(`${name}@example.com`)
      const headers = { ...from(HERE), ...bearer(access_token) }
      expect((await postJson('/auth/email/change', { email: NEW, password: PASSWORD }, headers, two)).status).toBe(202)
    }
    expect(await mailsTo(NEW)).toHaveLength(2)
  })

  it('web-borrowed-name an address taken while the code was on its way is 409', async () => {
    const { access_token, code } = await begun()
    await register(NEW)
    expect(await codeOf(await verify(code, access_token))).toBe('409 identifier_taken')
    expect(await (await people.me(access_token)).json()).toMatchObject({ email: OLD })
  })

  it('one’s own address is refused', async () => {
    const { access_token } = await registerAndLogIn()
    expect(await codeOf(await change(access_token, { email: 'ANN@example.com' }))).toBe('422 invalid_body')
  })
})

describe('the link that stops it', () => {
  it('before the change: the code is void, the sessions end, and the password with them', async () => {
    const { access_token, code } = await begun()
    expect((await stop(tokenIn(await lastMailTo(OLD)))).status).toBe(204)
    expect((await people.me(access_token)).status).toBe(401)
    expect(await codeOf(await verify(code, access_token))).toBe('401 invalid_access_token')
    expect((await postJson('/auth/login', { username: OLD, password: PASSWORD })).status).toBe(401)
    expect((await lastMailTo(OLD)).subject).toBe('The change of your Postern e-mail address was stopped')
    const again = await resetOld()
    expect(await codeOf(await verify(code, again.access_token))).toBe('400 invalid_code')
  })

  it.each([0, 1])('6.5.1 once mail %d gave it back, the other one of the same change does nothing', async (which) => {
    await changed()
    const links = (await mailsTo(OLD)).map(tokenIn)
    expect((await stop(links[which] ?? '')).status).toBe(204)
    const back = await resetOld()
    for (const link of links) expect(await codeOf(await stop(link))).toBe('400 invalid_code')
    expect((await people.me(back.access_token)).status).toBe(200)
  })

  it('6.5.1 nor do those of other changes that somebody began and never finished', async () => {
    const { access_token } = await registerAndLogIn()
    await change(access_token, { email: 'first@example.com' })
    await change(access_token, { email: 'second@example.com' })
    const [first = '', second = ''] = (await mailsTo(OLD)).map(tokenIn)
    expect((await stop(second)).status).toBe(204)
    expect(await codeOf(await stop(first))).toBe('400 invalid_code')
  })

  it('6.5.1 of both links used at once, one succeeds', async () => {
    await changed()
    const links = (await mailsTo(OLD)).map(tokenIn).toReversed()
    expect(await winners(links.length, 204, (at) => stop(links[at] ?? '', `203.0.113.${at}`))).toBe(1)
    expect(await rowsOf('users')).toMatchObject([{ email: OLD, auth_version: 3 }])
  })

  it('stops a change that is being confirmed at this moment', async () => {
    const { access_token } = await begun()
    const [code, link] = [await digitsMailedTo(NEW), tokenIn(await lastMailTo(OLD))]
    const [, stopped] = await Promise.all([verify(code, access_token), stop(link, '203.0.113.8')])
    expect(stopped.status).toBe(204)
    expect(await rowsOf('users')).toMatchObject([{ email: OLD, password_hash: null }])
    expect(await rowsOf('identifiers')).toMatchObject([{ identifier: OLD, kind: 'email' }])
  })

  it('6.6.2 resets no password, and a link that does stops nothing', async () => {
    await begun()
    const token = tokenIn(await lastMailTo(OLD))
    expect((await post('/auth/password/reset', { token, new_password: NEXT })).status).toBe(400)
    expect(await codeOf(await stop(await resetLink(OLD, withLinks())))).toBe('400 invalid_code')
    expect((await stop(token)).status).toBe(204)
  })

  it.each<Record<string, string>>([
    { PUBLIC_URL: 'https://login.example.com' },
    { PUBLIC_URL: 'https://login.example.com/' },
    { ISSUER: 'https://login.example.com/' },
  ])('is alive with %o', async (settings) => {
    await register()
    const there = mailing({ PUBLIC_URL: '', ...settings })
    const { access_token } = await (
      await postJson('/auth/login', { username: OLD, password: PASSWORD }, {}, there)
    ).json<{ access_token: string }>()
    const asked = { email: NEW, password: PASSWORD }
    expect((await postJson('/auth/email/change', asked, bearer(access_token), there)).status).toBe(202)
    const { origin, pathname } = new URL(linkIn(await lastMailTo(OLD)))
    expect(origin).toBe('https://login.example.com')
    expect((await call(pathname, {}, there)).status).toBe(200)
  })

  it('3.5 leads to a page with a button: looking at it changes nothing', async () => {
    const { access_token } = await begun()
    const link = new URL(linkIn(await lastMailTo(OLD)))
    const page = await call(link.pathname, { headers: { 'accept-language': 'ru' } })
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'")
    expect(await page.text()).toContain('Остановить')
    const script = await call(`${link.pathname}.js`)
    expect(script.headers.get('content-type')).toContain('javascript')
    expect((await people.me(access_token)).status).toBe(200)
  })
})
