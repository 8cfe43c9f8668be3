import { expect, it } from 'vitest'
import { logInByCookie } from './support/browser.ts'
import { pass } from './support/clock.ts'
import { ask, codeOf, from, people, register, registerAndLogIn } from './support/people.ts'

type Listed = {
  id: string
  current: boolean
  created_at: string
  last_used_at: string
  address: string
  device: string
  transport: string
}
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
const SAFARI =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1'

const list = async (token: string) =>
  (await (await ask('GET', '/auth/sessions', token)).json<{ sessions: Listed[] }>()).sessions
const ownId = async (token: string) => (await list(token)).find(({ current }) => current)?.id ?? ''
const end = (token: string, id: string) => ask('DELETE', `/auth/sessions/${id}`, token)
const lives = async ({ access_token }: { access_token: string }) => (await people.me(access_token)).status === 200

it('7.5.2 are listed as the contract says', async () => {
  pass({})
  await register()
  await people.logIn({}, { 'user-agent': FIREFOX, ...from('2001:db8::17') })
  pass({ minutes: 1 })
  const here = await people.logIn({}, { 'user-agent': SAFARI })
  await logInByCookie({ 'user-agent': 'curl/8.5.0' })
  const response = await ask('GET', '/auth/sessions', here.access_token)
  expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-store'])
  const text = await response.text()
  const moment = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  const always = { id: expect.stringMatching(/^[\w-]{22}$/), created_at: moment, last_used_at: moment, amr: ['pwd'] }
  const rest = { ...always, country: null, address: '203.0.113.7' }
  expect(JSON.parse(text)).toEqual({
    sessions: [
      { ...rest, address: '2001:db8::17', current: false, device: 'Firefox on Linux', transport: 'body' },
      { ...rest, current: true, device: 'Safari on iPhone', transport: 'body' },
      { ...rest, current: false, device: 'curl', transport: 'cookie' },
    ],
  })
  for (const secret of [here.access_token, here.refresh_token, FIREFOX]) expect(text).not.toContain(secret)
})

it('move with their user: last used, from where and with what', async () => {
  pass({})
  await register()
  const first = await people.logIn({}, { 'user-agent': FIREFOX })
  pass({ minutes: 5 })
  const moved = { 'user-agent': SAFARI, ...from('198.51.100.3') }
  const next = await (await people.refresh(first.refresh_token, moved)).json<{ access_token: string }>()
  const [session] = await list(next.access_token)
  expect(session).toMatchObject({ address: '198.51.100.3', device: 'Safari on iPhone', current: true })
  const { created_at, last_used_at } = session ?? { created_at: '', last_used_at: '' }
  expect(Date.parse(last_used_at) - Date.parse(created_at)).toBe(5 * 60_000)
})

it('7.5.2 one can be ended, by its id, at once; and once more without harm', async () => {
  await register()
  const [gone, here, other] = [await people.logIn(), await people.logIn(), await people.logIn()]
  const id = await ownId(gone.access_token)
  for (let n = 0; n < 2; n++) {
    const response = await end(here.access_token, id)
    expect([response.status, await response.text()]).toEqual([204, ''])
  }
  expect(await Promise.all([gone, here, other].map(lives))).toEqual([false, true, true])
  expect((await people.refresh(gone.refresh_token)).status).toBe(401)
  expect(await list(here.access_token)).toHaveLength(2)
})

it('8.2.2 another user’s id is not found, and that session lives', async () => {
  const bob = await registerAndLogIn('bob@example.com')
  const ann = await registerAndLogIn()
  const theirs = await ownId(bob.access_token)
  expect(await codeOf(await end(ann.access_token, theirs))).toBe('404 session_not_found')
  await ask('DELETE', '/auth/sessions', ann.access_token)
  expect([await lives(bob), await lives(ann)]).toEqual([true, true])
  expect(await list(ann.access_token)).toHaveLength(1)
})

it('a session that has ended sees and ends no other', async () => {
  await register()
  const [ended, other] = [await people.logIn(), await people.logIn()]
  const id = await ownId(other.access_token)
  await people.logOut(ended.access_token)
  const knocks = [
    ask('GET', '/auth/sessions', ended.access_token),
    ask('DELETE', '/auth/sessions', ended.access_token),
    end(ended.access_token, id),
  ]
  for (const knock of knocks) expect(await codeOf(await knock)).toBe('401 invalid_access_token')
  expect(await lives(other)).toBe(true)
})
