import { env } from 'cloudflare:workers'
import { expect, it, vi } from 'vitest'
import { afterwork } from './support/after-work.ts'
import { call } from './support/api.ts'
import { operations } from './support/description.ts'
import { dumpCache, dumpGuards, dumpPostgres, dumpSessionObjects } from './support/dumps.ts'
import { complaintsSoFar } from './support/each.ts'
import { bearer, type TokenAnswer } from './support/people.ts'
import { breakEndpoint, healEverything } from './support/switchboard.ts'

const PLANTED = {
  password: 'canary-Pq7 horse battery',
  'new password': 'canary-Nx4 horse battery',
  'wrong password': 'canary-Wz9 horse battery',
  email: 'canary-mail-3f@example.com',
  username: 'canaryname9d',
  'full name': 'Canary Fullname 5b',
  'user agent': 'canary-agent-2c',
  query: 'canary-query-8a',
  path: 'canary-path-6e',
  header: 'canary-header-1d',
  'unknown field': 'canary-field-4b',
  address: '203.0.113.217',
}
const given: Record<string, string> = { ...PLANTED }

const HEADERS = {
  'user-agent': PLANTED['user agent'],
  'cf-connecting-ip': PLANTED.address,
  'x-forwarded-for': PLANTED.header,
  'x-canary': PLANTED.header,
  referer: `https://example.com/${PLANTED.header}`,
  'accept-language': PLANTED.header,
}

type Answer = { status: number; text: string }
const answers: Answer[] = []

async function send(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const type = typeof body === 'string' ? 'application/x-www-form-urlencoded' : 'application/json'
  const response = await call(`${path}?canary=${PLANTED.query}`, {
    method,
    headers: { 'content-type': type, ...HEADERS, ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const answer = { status: response.status, text: JSON.stringify([...response.headers]) + (await response.text()) }
  answers.push(answer)
  return answer
}

const bodyOf = ({ text }: Answer): TokenAnswer => JSON.parse(text.slice(text.indexOf(']]') + 2))
const { password, email, username } = PLANTED
const MORE = { [PLANTED['unknown field']]: PLANTED['unknown field'] }

/** What somebody does here in a life, with something to be found in every field. */
async function aLife() {
  const person = { email, username, password, full_name: PLANTED['full name'], ...MORE }
  await send('POST', '/auth/register', person)
  await send('POST', '/auth/register', person)
  const first = bodyOf(await send('POST', '/auth/login', { username, password, ...MORE }))
  const device_token = first.device_token
  await send('POST', '/auth/login', { username, password: PLANTED['wrong password'], device_token })
  await send('POST', '/login', new URLSearchParams({ username: email, password }).toString())
  const { access_token, refresh_token } = bodyOf(
    await send('POST', '/auth/refresh', { refresh_token: first.refresh_token }),
  )
  Object.assign(given, { 'access token': access_token, 'refresh token': refresh_token, 'device token': device_token })
  const signedIn = bearer(access_token)
  await send('GET', '/auth/me', undefined, signedIn)
  await send('PATCH', '/auth/me', { full_name: PLANTED['full name'], username, locale: 'en', ...MORE }, signedIn)
  await send('GET', '/auth/sessions', undefined, signedIn)
  await send('DELETE', `/auth/sessions/${PLANTED.path}`, undefined, signedIn)
  const change = { current_password: PLANTED['wrong password'], new_password: PLANTED['new password'] }
  await send('POST', '/auth/password/change', change, signedIn)
  await send('POST', '/auth/password/change', { ...change, current_password: password }, signedIn)
  await send('DELETE', '/auth/me', { password: PLANTED['wrong password'] }, signedIn)
  // An old token, so that there is something to tell of a theft.
  await send('POST', '/auth/refresh', { refresh_token: first.refresh_token })
}

/** Every field of every operation, with what is no value for it and with what nobody asked for; also while Postgres fails. */
async function everyField() {
  const values = Object.values(given)
  for (const { path, method, fields } of await operations()) {
    const url = path.replace('{id}', PLANTED.path)
    if (method === 'GET') await send(method, url, undefined, bearer(PLANTED.header))
    const filled = (value: (at: number) => unknown) => Object.fromEntries(fields.map((field, at) => [field, value(at)]))
    if (fields.length === 0 || /logout/.test(path)) continue
    await send(
      method,
      url,
      filled((at) => values[at]),
    )
    await send(
      method,
      url,
      filled((at) => [values[at], { [values[at] ?? '']: 1 }]),
    )
    await send(method, url, `${Object.values(PLANTED).map(encodeURIComponent).join('=%zz&')}`)
    await send(
      method,
      url,
      { ...MORE, email, username, password, current_password: password },
      { cookie: `a=${password}` },
    )
  }
}

/** As it is, and as it would look inside something that was encoded. */
function spellings(text: string): string[] {
  const base64 = [0, 1, 2].map((shift) => {
    const whole = Buffer.from(`${'x'.repeat(shift)}${text}`).toString('base64url')
    return whole.slice(Math.ceil((shift * 8) / 6), -4)
  })
  return [text, encodeURIComponent(text), Buffer.from(text).toString('hex'), ...base64]
}

const foundIn = (place: string): string[] =>
  Object.keys(given).filter((kind) =>
    spellings(given[kind] ?? '').some((spelling) => place.toLowerCase().includes(spelling.toLowerCase())),
  )

it('16.2.5 a password, a token, an address stand where they belong and nowhere else', async () => {
  const lines: unknown[] = []
  for (const level of ['log', 'info', 'warn', 'debug'] as const) {
    vi.spyOn(console, level).mockImplementation((...words) => void lines.push(...words))
  }
  const guardNames = vi.spyOn(env.LOGIN_GUARD, 'getByName')
  await aLife()
  await everyField()
  await afterwork()
  const kept = {
    'the database': await dumpPostgres(),
    'the cache': await dumpCache(),
    'session objects': await dumpSessionObjects(),
    guards: await dumpGuards(),
    'names of guards': JSON.stringify(guardNames.mock.calls),
  }
  await breakEndpoint('sql', 'error')
  await everyField()
  await afterwork()
  await healEverything()
  const answered = (which: (status: number) => boolean) =>
    answers
      .filter(({ status }) => which(status))
      .map(({ text }) => text)
      .join('\n')

  expect(lines.length).toBeGreaterThan(100)
  const found = Object.entries({
    ...kept,
    'the log': [...lines, ...complaintsSoFar()].join('\n'),
    refusals: answered((status) => status >= 400),
    successes: answered((status) => status < 400),
  }).map(([place, text]) => [place, foundIn(text)])
  expect(Object.fromEntries(found)).toEqual({
    'the database': ['email', 'username', 'full name'],
    'the cache': ['email', 'username', 'full name'],
    'session objects': ['username', 'user agent', 'address'],
    guards: [],
    'names of guards': [],
    'the log': [],
    refusals: [],
    successes: ['email', 'username', 'full name', 'address', 'access token', 'refresh token', 'device token'],
  })
})
