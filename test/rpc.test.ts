import { WorkerEntrypoint } from 'cloudflare:workers'
import { describe, expect, expectTypeOf, it } from 'vitest'
import type * as z from 'zod/mini'
import type { AuthRpc, VerifyRpc } from '../examples/consumer-worker/src/postern.ts'
import * as entrypoints from '../src/compose/rpc/entrypoints.ts'
import type { Written } from '../src/kernel/lazy.ts'
import { PASSWORD, people, register } from './support/people.ts'
import { type Answered, ann, authRpc, client, granted, operatorRpc, outcomeOf, verifyRpc } from './support/rpc.ts'
import { MESSAGES } from './support/rpc-shapes.ts'

describe('the entrypoints', () => {
  it.each(Object.entries(MESSAGES))('%s has these methods and no other', (name, methods) => {
    const prototype = Object.entries(entrypoints).find(([exported]) => exported === name)?.[1].prototype ?? {}
    expect(Object.getOwnPropertyNames(prototype)).toEqual(['constructor', ...Object.keys(methods)])
    expect(Object.getPrototypeOf(prototype)).toBe(WorkerEntrypoint.prototype)
    expect(Object.getOwnPropertyNames(WorkerEntrypoint.prototype)).toEqual(['constructor'])
  })

  it('all of them are exported, and nothing else is', () => {
    expect(Object.keys(entrypoints).toSorted()).toEqual(Object.keys(MESSAGES).toSorted())
  })

  it('consumers know which messages they take', () => {
    type Taken<Rpc> = {
      [Method in keyof Rpc]: Rpc[Method] extends (message: infer Message) => unknown ? Message : never
    }
    type Described<Shapes extends Record<string, () => z.ZodMiniType>> = {
      -readonly [Method in keyof Shapes]: Written<Shapes[Method]>
    }
    expectTypeOf<Taken<VerifyRpc>>().branded.toEqualTypeOf<Described<(typeof MESSAGES)['VerifyRpc']>>()
    expectTypeOf<Taken<AuthRpc>>().branded.toEqualTypeOf<Described<(typeof MESSAGES)['AuthRpc']>>()
  })
})

describe('AuthRpc', () => {
  it('registers, logs in, refreshes and logs out, like HTTP', async () => {
    const registered = await granted(
      authRpc.register({ client, email: 'ann@example.com', username: 'ann', password: PASSWORD }),
    )
    expect(registered).toEqual({
      userId: 1,
      username: 'ann',
      email: 'ann@example.com',
      fullName: null,
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
    })
    const { deviceToken, ...tokens } = await granted(authRpc.login(ann))
    expect(tokens).toEqual({
      accessToken: expect.stringMatching(/^ey/),
      expiresIn: 900,
      refreshToken: expect.any(String),
      refreshExpiresIn: 30 * 24 * 3600,
      transport: 'body',
    })
    expect(await granted(authRpc.login({ ...ann, deviceToken }))).toMatchObject({ transport: 'body' })
    expect((await people.me(tokens.accessToken)).status).toBe(200)
    const next = await granted(authRpc.refresh({ client, refreshToken: tokens.refreshToken }))
    expect(await granted(verifyRpc.verify({ token: next.accessToken }))).toMatchObject({ userId: 1, username: 'ann' })
    expect(await granted(authRpc.logout({ client, refreshToken: next.refreshToken }))).toEqual({ status: 'success' })
    expect((await people.refresh(next.refreshToken)).status).toBe(401)
    expect(await outcomeOf(verifyRpc.verify({ token: next.accessToken }))).toBe('invalid_access_token')
  })

  it('a session carries its transport here too', async () => {
    await register()
    const { refreshToken } = await granted(authRpc.login({ ...ann, transport: 'cookie' }))
    expect(await outcomeOf(authRpc.refresh({ client, refreshToken }))).toBe('invalid_refresh_token')
    expect(await outcomeOf(authRpc.refresh({ client, refreshToken, transport: 'cookie' }))).toBe('ok')
  })

  it('shows a user and the sessions, with the place that the consumer named', async () => {
    const userId = await register()
    const { accessToken } = await granted(authRpc.login(ann))
    expect(await granted(authRpc.getUser({ userId }))).toEqual({
      userId,
      username: 'ann@example.com',
      email: 'ann@example.com',
      emailVerified: false,
      fullName: null,
      roles: [],
      status: 'active',
      createdAt: expect.any(String),
    })
    const { sessions } = await granted(authRpc.listSessions({ userId }))
    const { sid } = await granted(verifyRpc.verify({ token: accessToken }))
    expect(sessions).toEqual([
      {
        id: sid.split('.')[1],
        createdAt: expect.stringMatching(/Z$/),
        lastUsedAt: expect.stringMatching(/Z$/),
        address: client.address,
        country: 'FI',
        device: 'Firefox on Linux',
        transport: 'body',
        amr: ['pwd'],
      },
    ])
  })

  it('counts by the client that is named, so one guesser blocks nobody else', async () => {
    await register()
    const wrong = { ...ann, password: 'not the password' }
    for (let tries = 0; tries < 5; tries++) expect(await outcomeOf(authRpc.login(wrong))).toBe('invalid_credentials')
    expect(await authRpc.login(ann)).toEqual({ ok: false, error: 'too_many_attempts', retryAfter: expect.any(Number) })
    const elsewhere = { ...client, address: '198.51.100.1' }
    expect(await outcomeOf(authRpc.login({ ...ann, client: elsewhere }))).toBe('ok')
  })

  it.each<[string, string, () => Promise<Answered<unknown>>]>([
    ['an address that is none', 'address_unknown', () => authRpc.login({ ...ann, client: { address: 'here' } })],
    [
      'a log-out with two tokens',
      'invalid_body',
      () => authRpc.logout({ client, accessToken: 'x', refreshToken: 'y' }),
    ],
    ['a user who is not there', 'user_not_found', () => authRpc.getUser({ userId: Number.MAX_SAFE_INTEGER })],
    ['sessions of nobody', 'user_not_found', () => authRpc.listSessions({ userId: 2 })],
    ['a session that is not there', 'session_not_found', () => authRpc.revokeSession({ userId: 1, sessionId: '*' })],
    ['a user who is not there, to end', 'user_not_found', () => authRpc.revokeUser({ userId: 2 })],
  ])('refuses %s with %s', async (_, code, ask) => {
    await register()
    expect(await outcomeOf(ask())).toBe(code)
  })
})

describe('OperatorRpc', () => {
  it('finds a user by any name they log in with', async () => {
    const userId = await register('ann@example.com', { username: 'Ann' })
    for (const identifier of ['Ann@example.com', 'ANN', ' ann ']) {
      expect(await granted(operatorRpc.findUser({ identifier }))).toMatchObject({ userId, username: 'Ann' })
    }
    for (const identifier of ['bob', '', 'two@at@signs', '1']) {
      expect(await outcomeOf(operatorRpc.findUser({ identifier }))).toBe('user_not_found')
    }
  })

  it('7.4.2 disables, enables, and gives roles', async () => {
    const userId = await register()
    expect(await granted(operatorRpc.setRoles({ userId, roles: ['editor', 'editor'] }))).toMatchObject({
      roles: ['editor'],
    })
    expect(await granted(operatorRpc.disableUser({ userId }))).toMatchObject({ status: 'disabled' })
    expect(await outcomeOf(authRpc.login(ann))).toBe('account_disabled')
    expect(await granted(operatorRpc.enableUser({ userId }))).toMatchObject({ status: 'active' })
    expect(await outcomeOf(authRpc.login(ann))).toBe('ok')
    expect(await granted(operatorRpc.getUser({ userId }))).toMatchObject({ status: 'active', roles: ['editor'] })
    expect(await outcomeOf(operatorRpc.setRoles({ userId, roles: ['two words'] }))).toBe('invalid_body')
  })
})
