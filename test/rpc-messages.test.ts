import { exports, RpcTarget } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { register } from './support/people.ts'
import { ann, authRpc, client, granted, outcomeOf, reached, verifyRpc } from './support/rpc.ts'
import { FIELDS, METHODS } from './support/rpc-shapes.ts'

class Stub extends RpcTarget {
  token = 'ey'
}
const ODD: [string, unknown[]][] = [
  ['nothing', []],
  ['undefined', [undefined]],
  ['null', [null]],
  ['a number', [7]],
  ['a text', ['token']],
  ['a list', [[{ token: 'x', userId: 1 }]]],
  ['a date', [new Date()]],
  ['a map', [new Map([['token', 'x']])]],
  ['an error', [new Error('token')]],
  ['a function', [() => 'token']],
  ['an object of the consumer', [new Stub()]],
  [
    'wrong types',
    [{ token: 1, client: 'me', userId: '1', identifier: {}, roles: 'admin', username: [], password: null }],
  ],
  ['functions as fields', [{ token: () => 'x', client: () => client, userId: () => 1, identifier: () => 'x' }]],
  ['stubs as fields', [{ token: new Stub(), client: new Stub(), userId: new Stub(), identifier: new Stub() }]],
  ['no number', [{ token: null, userId: Number.NaN, client: { address: Number.POSITIVE_INFINITY } }]],
  ['a bigint', [{ token: 1n, userId: 1n, client: { address: 1n } }]],
  [
    'a prototype',
    [JSON.parse('{"__proto__": {"token": "x", "userId": 1, "identifier": "x", "client": {"address": "203.0.113.9"}}}')],
  ],
  [
    'a prototype deeper down',
    [JSON.parse('{"client": {"__proto__": {"address": "203.0.113.9"}}, "constructor": {"userId": 1}}')],
  ],
]

describe('whatever is passed', () => {
  it.each(METHODS)('$name answers invalid_body and never throws', async ({ entrypoint, method, shape }) => {
    const demandsNothing = shape().safeParse({}).success
    for (const [what, message] of ODD) {
      const answer = await reached(entrypoint, method)(...message)
      const refused = { ok: false, error: 'invalid_body', fields: expect.any(Array) }
      expect(answer, what).toMatchObject(demandsNothing && answer.ok ? { ok: true } : refused)
    }
  })

  it.each(METHODS)('$name takes the fields of its shape and no others', async ({ entrypoint, method, shape }) => {
    const wrong = Object.fromEntries(FIELDS.map((field) => [field, ['\u0000']]))
    const issues = shape().safeParse(wrong).error?.issues ?? []
    const { fields = [] } = await reached(entrypoint, method)(wrong)
    expect(fields.map(({ path }) => path)).toEqual(issues.map(({ path }) => path.join('.')))
  })

  it('for nobody, nothing is done: a consumer must say for whom it asks', async () => {
    await register()
    const { client: _, ...forNobody } = ann
    for (const message of [forNobody, { ...ann, client: {} }, { ...ann, client: { address: null } }]) {
      const answer = await exports.AuthRpc.login(message)
      expect(answer).toMatchObject({ ok: false, error: 'invalid_body' })
      expect(!answer.ok && answer.fields?.[0]?.path).toMatch(/^client/)
    }
  })

  it('a user agent may be missing, empty or endless', async () => {
    const userId = await register()
    const agents = [undefined, null, '', '\ud800'.repeat(600), 'x'.repeat(100_000)]
    for (const userAgent of agents) {
      const from = { address: '203.0.113.9', userAgent, country: undefined }
      expect(await outcomeOf(exports.AuthRpc.login({ ...ann, client: from }))).toBe('ok')
    }
    const { sessions } = await granted(authRpc.listSessions({ userId }))
    expect(sessions.map(({ country }) => country)).toEqual(agents.map(() => null))
  })

  it('9.1.1 what is no token is refused as one, however long it is', async () => {
    for (const token of ['', ' ', '.', '..', 'ey.ey.ey', '\ud800', '\0', 'x'.repeat(5_000), 'ey.'.repeat(1_000_000)]) {
      expect(await outcomeOf(verifyRpc.verify({ token }))).toBe('invalid_access_token')
      expect(await outcomeOf(verifyRpc.verify({ token, maxStaleness: 60 }))).toBe('invalid_access_token')
      expect(await granted(verifyRpc.introspect({ token }))).toEqual({ active: false })
    }
  })
})
