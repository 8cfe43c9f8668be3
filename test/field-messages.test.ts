import { exports } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import type { FieldProblem } from '../src/kernel/failure.ts'
import { call, postJson } from './support/api.ts'
import { operations } from './support/description.ts'
import { ann, reached } from './support/rpc.ts'
import { FIELDS, METHODS } from './support/rpc-shapes.ts'

/** How the library that checks bodies would say it, in any of its messages. */
const NOT_OURS = /invalid|expected|received|too (big|small)|unrecognized|must (match|include|start|end) |^required$/i
const OURS = /^[A-Z].+\.$/

function expectOwnMessages(problems: readonly FieldProblem[], what: string) {
  for (const { path, message } of problems) {
    expect(message, `${what} ${path}`).toMatch(OURS)
    expect(message, `${what} ${path}`).not.toMatch(NOT_OURS)
  }
}

const bodies = (await operations()).filter(({ takesBody }) => takesBody)

const WRONG = [7, -1, 1.5, true, null, [], [7], {}, { a: [] }, '', '\u0000', 'x'.repeat(30_000)]

describe('whatever is wrong with a body', () => {
  it('every operation that takes one is asked', () => {
    expect(bodies.length).toBeGreaterThan(15)
    expect(bodies.filter(({ fields }) => fields.length === 0)).toEqual([])
  })

  it.each(bodies)('$name says it in our words', async ({ name, path, method, fields }) => {
    const shapes = [
      [],
      5,
      'text',
      null,
      true,
      {},
      ...WRONG.map((wrong) => Object.fromEntries(fields.map((f) => [f, wrong]))),
    ]
    for (const shape of shapes) {
      const headers = {
        authorization: 'Bearer x',
        'content-type': 'application/json',
        'cf-connecting-ip': '203.0.113.7',
      }
      const answer = await call(path, { method, headers, body: JSON.stringify(shape) })
      const { code, errors = [] } = await answer.json<{ code: string; errors?: FieldProblem[] }>()
      expectOwnMessages(errors, `${name} ${JSON.stringify(shape).slice(0, 60)}`)
      if (typeof shape !== 'object' || shape === null || Array.isArray(shape)) {
        expect([code, errors]).toEqual([
          'invalid_body',
          [{ path: '', message: 'This must be an object with named fields.' }],
        ])
      }
    }
  })

  it('token, email and code together: which of them to leave out', async () => {
    const all = { token: 'x', email: 'ann@example.com', code: '012345', new_password: 'four random common words' }
    const of = async (fields: object) =>
      (await (await postJson('/auth/password/reset', fields)).json<{ errors: [] }>()).errors
    expect(await of(all)).toEqual([
      { path: 'token', message: 'Send either a token, or an address and a code, and not both.' },
    ])
    expect(await of({ ...all, email: undefined })).toMatchObject([{ path: 'token' }])
    expect(await of({ ...all, token: undefined, email: undefined })).toEqual([
      { path: 'email', message: 'This field is required.' },
    ])
    expect(await of({ ...all, token: undefined, code: undefined })).toEqual([
      { path: 'token', message: 'This field is required.' },
    ])
  })
})

describe('whatever is wrong with a message of another Worker', () => {
  it.each(METHODS)('$name says it in our words', async ({ name, entrypoint, method }) => {
    const wrong = [
      ...WRONG,
      61,
      1e300,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      2n,
      new Date(),
      'two words',
      ['two words'],
    ]
    const messages = wrong.flatMap((each) => [
      Object.fromEntries(FIELDS.map((field) => [field, each])),
      { ...ann, client: { address: each, userAgent: each, country: each, language: each }, token: 'x', userId: each },
      { userId: 1, roles: Array.from({ length: 40 }, () => each) },
    ])
    for (const message of [undefined, null, [], 5, 'text', {}, ...messages]) {
      const { fields = [] } = await reached(entrypoint, method)(message)
      expectOwnMessages(fields, `${name} ${String(message)}`)
    }
  })

  it('a number that is none of those says which are', async () => {
    const verify = (maxStaleness: unknown) => exports.VerifyRpc.verify({ token: 'x', maxStaleness })
    const saying = (message: string) => ({ fields: [{ path: 'maxStaleness', message }] })
    expect(await verify(61)).toMatchObject(saying('This must be at most 60.'))
    expect(await verify(-1)).toMatchObject(saying('This must be at least 0.'))
    expect(await verify(0.5)).toMatchObject(saying('This must be a whole number.'))
    expect(await verify('10')).toMatchObject(saying('This must be a number.'))
  })
})
