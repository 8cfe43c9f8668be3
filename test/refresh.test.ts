import { describe, expect, it } from 'vitest'
import { postJson } from './support/api.ts'
import { pass } from './support/clock.ts'
import { envWith } from './support/faulty-bindings.ts'
import { listen } from './support/objects.ts'
import { claimsIn, codeOf, objectOf, people, register, registerAndLogIn, type TokenAnswer } from './support/people.ts'

const DEAD = '401 invalid_refresh_token'
const refresh = async (token: string, bindings?: Env): Promise<TokenAnswer> => {
  const response = await postJson('/auth/refresh', { refresh_token: token }, {}, bindings)
  expect(response.status).toBe(200)
  return response.json()
}

describe('refresh', () => {
  it('answers as the contract says', async () => {
    const first = await registerAndLogIn()
    const response = await people.refresh(first.refresh_token)
    expect(response.headers.get('set-cookie')).toBeNull()
    const next = await response.json<TokenAnswer>()
    expect(next.refresh_token).not.toBe(first.refresh_token)
    const { sid, sub, jti } = claimsIn(first.access_token)
    expect(claimsIn(next.access_token)).toMatchObject({ sid, sub, jti: expect.stringMatching(/\.2$/) })
    expect(claimsIn(next.access_token).jti).not.toBe(jti)
    expect((await people.me(next.access_token)).status).toBe(200)
    expect((await people.me(first.access_token)).status).toBe(200)
  })

  it('REFRESH_GRACE_SECONDS within it the same successor, and after it the token was stolen: the session ends', async () => {
    const { refresh_token: first } = await registerAndLogIn()
    const bindings = envWith({ REFRESH_GRACE_SECONDS: '20' })
    pass({})
    const next = await refresh(first, bindings)
    expect((await people.me(next.access_token)).status).toBe(200)
    pass({ seconds: 19.9 })
    const again = await refresh(first, bindings)
    expect(again.refresh_token).toBe(next.refresh_token)
    pass({ seconds: 0.1 })
    expect(await codeOf(await postJson('/auth/refresh', { refresh_token: first }, {}, bindings))).toBe(DEAD)
    expect(await codeOf(await people.refresh(next.refresh_token))).toBe(DEAD)
    expect((await people.me(next.access_token)).status).toBe(401)
    expect((await people.me(again.access_token)).status).toBe(401)
  })

  it('REFRESH_GRACE_SECONDS may be none: a token whose successor has arrived is stolen at once', async () => {
    const { refresh_token: first } = await registerAndLogIn()
    const bindings = envWith({ REFRESH_GRACE_SECONDS: '0' })
    const next = await refresh(first, bindings)
    await people.me(next.access_token)
    expect(await codeOf(await postJson('/auth/refresh', { refresh_token: first }, {}, bindings))).toBe(DEAD)
    expect((await people.me(next.access_token)).status).toBe(401)
  })

  it('a token two generations old ends its session, and no other', async () => {
    const { refresh_token: first } = await registerAndLogIn()
    const other = await people.logIn()
    const newest = await refresh((await refresh(first)).refresh_token)
    expect(await codeOf(await people.refresh(first))).toBe(DEAD)
    expect(await codeOf(await people.refresh(newest.refresh_token))).toBe(DEAD)
    expect((await people.me(newest.access_token)).status).toBe(401)
    await refresh(other.refresh_token)
  })
})

it('a refresh repeated from elsewhere, over many generations: one refresh_shadowed per session and hour', async () => {
  await register()
  pass({ days: 1 })
  let tokens = await people.logIn()
  const object = objectOf(tokens)
  await listen(object)
  const shadows = async () => {
    const peeked = await object.outboxPeek(100)
    return peeked.ok ? peeked.value.events.filter(({ type }) => type === 'refresh_shadowed') : []
  }
  /** One generation further, and the token before it again from elsewhere, which gets the same successor. */
  const shadowed = async (before: TokenAnswer): Promise<TokenAnswer> => {
    const next = await refresh(before.refresh_token)
    const again = await people.refresh(before.refresh_token, { 'user-agent': 'curl/8.5.0' })
    expect((await again.json<TokenAnswer>()).refresh_token).toBe(next.refresh_token)
    return next
  }
  for (let generation = 0; generation < 20; generation++) tokens = await shadowed(tokens)
  expect(await shadows()).toMatchObject([{ payload: { shadow_device: 'curl' } }])
  pass({ minutes: 59, seconds: 59 })
  tokens = await shadowed(tokens)
  expect(await shadows()).toHaveLength(1)
  await shadowed(await people.logIn())
  expect(await shadows(), 'another session has an hour of its own').toHaveLength(2)
  pass({ seconds: 1 })
  tokens = await shadowed(await shadowed(tokens))
  expect(await shadows()).toHaveLength(3)
})

describe('the end of a session by time', () => {
  const openWith = async (settings: Record<string, string>) => {
    const bindings = envWith(settings)
    await registerAndLogIn()
    pass({})
    const names = { username: 'ann@example.com', password: 'correct horse battery' }
    const tokens = await (await postJson('/auth/login', names, {}, bindings)).json<TokenAnswer>()
    const refreshed = (token: string) => postJson('/auth/refresh', { refresh_token: token }, {}, bindings)
    return { tokens, refreshed, bindings }
  }

  it.each([
    ['REFRESH_TOKEN_EXPIRE_DAYS', '2', { days: 2 }],
    ['REFRESH_TOKEN_EXPIRE_MINUTES', '30', { minutes: 30 }],
  ])('7.3.1 %s: a session that is not used ends, and each refresh begins anew', async (name, value, span) => {
    const { tokens, refreshed } = await openWith({ [name]: value })
    pass(span)
    pass({ seconds: -1 })
    const { refresh_token } = await (await refreshed(tokens.refresh_token)).json<TokenAnswer>()
    pass(span)
    pass({ seconds: -1 })
    const last = await (await refreshed(refresh_token)).json<TokenAnswer>()
    pass(span)
    expect(await codeOf(await refreshed(last.refresh_token))).toBe(DEAD)
    expect(await codeOf(await people.me(last.access_token))).toBe('401 invalid_access_token')
  })

  it('7.3.2 ABSOLUTE_SESSION_DAYS: refreshing cannot pass the last day, nor can an access token', async () => {
    const { tokens, refreshed } = await openWith({ ABSOLUTE_SESSION_DAYS: '3', REFRESH_TOKEN_EXPIRE_DAYS: '1' })
    await listen(objectOf(tokens))
    let { refresh_token } = tokens
    for (let half = 0; half < 5; half++) {
      pass({ minutes: 719 })
      refresh_token = (await (await refreshed(refresh_token)).json<TokenAnswer>()).refresh_token
    }
    pass({ minutes: 719 })
    const last = await (await refreshed(refresh_token)).json<TokenAnswer>()
    expect(last.expires_in).toBe(360)
    expect(claimsIn(last.access_token).exp - claimsIn(last.access_token).iat).toBe(360)
    pass({ minutes: 6 })
    expect(await codeOf(await refreshed(last.refresh_token))).toBe(DEAD)
    expect(await codeOf(await people.me(last.access_token))).toBe('401 invalid_access_token')
    const told = await objectOf(tokens).outboxPeek(10)
    expect(told.ok && told.value.events.at(-1)).toMatchObject({
      type: 'session_ended',
      payload: { reason: 'absolute' },
    })
  })

  it('ACCESS_TOKEN_EXPIRE_MINUTES: an access token lives so long, and never longer than its session', async () => {
    const long = await openWith({ ACCESS_TOKEN_EXPIRE_MINUTES: '60' })
    expect(long.tokens.expires_in).toBe(3_600)
    pass({ minutes: 59 })
    expect((await people.me(long.tokens.access_token)).status).toBe(200)
    pass({ minutes: 1 })
    expect(await codeOf(await people.me(long.tokens.access_token))).toBe('401 invalid_access_token')
    const next = await (await long.refreshed(long.tokens.refresh_token)).json<TokenAnswer>()
    expect(next.expires_in).toBe(3_600)
  })

  it('ACCESS_TOKEN_EXPIRE_MINUTES beyond an idle session of REFRESH_TOKEN_EXPIRE_MINUTES is cut', async () => {
    const settings = { ACCESS_TOKEN_EXPIRE_MINUTES: '60', REFRESH_TOKEN_EXPIRE_MINUTES: '30' }
    const { tokens, refreshed } = await openWith(settings)
    expect(tokens.expires_in).toBe(1_800)
    pass({ minutes: 10 })
    expect(await (await refreshed(tokens.refresh_token)).json()).toMatchObject({ expires_in: 1_800 })
  })
})
