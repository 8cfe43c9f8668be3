import { describe, expect, it } from 'vitest'
import { call, postForm, postJson } from './support/api.ts'
import { complaintsSoFar } from './support/each.ts'

const PATH = '/auth/register'
const send = (type: string | null, body: BodyInit, headers: Record<string, string> = {}) =>
  call(PATH, { method: 'POST', body, headers: { ...(type !== null && { 'content-type': type }), ...headers } })
const codeOf = async (response: Response) => {
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  const problem = await response.json<{ status: number; code: string; detail: string; title: string; type: string }>()
  expect(problem.status).toBe(response.status)
  expect(problem.detail).toMatch(/^[A-Z].*\.$/)
  expect(problem.type).toContain(problem.code)
  return `${response.status} ${problem.code}`
}
const bytes = (text: string) => new TextEncoder().encode(text)
const FORM = 'application/x-www-form-urlencoded'

describe('a body that cannot be read is a clear 4xx', () => {
  it.each([
    ['not JSON', '{"email": ', '400 malformed_json'],
    ['empty', '', '400 malformed_json'],
    ['trailing text', '{} {}', '400 malformed_json'],
    ['10,000 deep', `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`, '400 nested_too_deep'],
    ['10,000 deep and never closed', '['.repeat(10_000), '400 malformed_json'],
    ['repeated keys', '{"email":"a@example.com","email":"b@example.com","password":"x"}', '400 repeated_key'],
    ['repeated keys, differently spelt', '{"email":"a","\\u0065mail":"b"}', '400 repeated_key'],
    ['repeated keys further in', '{"a":{"b":1,"b":2}}', '400 repeated_key'],
    ['__proto__', '{"__proto__":{"roles":["admin"]}}', '400 forbidden_key'],
    ['__proto__ further in', '{"a":{"__proto__":{"roles":[]}}}', '400 forbidden_key'],
    ['__proto__, escaped', '{"__pro\\u0074o__":{}}', '400 forbidden_key'],
    ['an array', '[]', '422 invalid_body'],
    ['null', 'null', '422 invalid_body'],
    ['a text', '"email"', '422 invalid_body'],
    ['a byte order mark', '\ufeff{}', '400 malformed_json'],
  ])('15.3 JSON: %s', async (_, body, expected) => {
    expect(await codeOf(await postJson(PATH, body))).toBe(expected)
  })

  it('JSON that is not UTF-8', async () => {
    const body = new Uint8Array([...bytes('{"email":"a'), 0xff, ...bytes('"}')])
    expect(await codeOf(await send('application/json', body))).toBe('400 malformed_json')
  })

  it('the same key in different objects is no repetition', async () => {
    expect(await codeOf(await postJson(PATH, '{"a":{"k":1},"b":{"k":1},"c":"k\\":","d":["k","k"]}'))).toBe(
      '422 invalid_body',
    )
  })

  it.each([
    ['repeated fields', 'email=a%40example.com&email=b%40example.com', '400 repeated_key'],
    ['__proto__', '__proto__=1', '400 forbidden_key'],
    ['__proto__, with an escape', '__proto%5f_=1', '400 forbidden_key'],
    ['a broken escape', 'email=%zz', '400 malformed_form'],
    ['bytes that are not UTF-8', 'email=a%ff', '400 malformed_form'],
    ['a surrogate in UTF-8', 'password=%ED%A0%80', '400 malformed_form'],
    ['nothing', '', '422 invalid_body'],
    ['NUL', 'email=a%40example.com&password=correct%00horse', '422 invalid_body'],
  ])('form: %s', async (_, body, expected) => {
    expect(await codeOf(await send(FORM, body))).toBe(expected)
  })

  it.each([
    [null, '415 unsupported_media_type'],
    ['text/plain', '415 unsupported_media_type'],
    ['application/jsonp', '415 unsupported_media_type'],
    ['application/json; charset=utf-16', '415 unsupported_media_type'],
    ['text/plain; application/json', '415 unsupported_media_type'],
    ['multipart/form-data; boundary=x', '415 unsupported_media_type'],
    ['__proto__', '415 unsupported_media_type'],
    ['constructor', '415 unsupported_media_type'],
    ['toString', '415 unsupported_media_type'],
    ['Application/JSON; Charset="UTF-8"', '422 invalid_body'],
    ['APPLICATION/X-WWW-FORM-URLENCODED', '422 invalid_body'],
  ])('content type %j', async (type, expected) => {
    const body = type?.startsWith('APPLICATION/X') ? 'a=1' : '{}'
    expect(await codeOf(await send(type, bytes(body)))).toBe(expected)
  })

  it('too large, declared', async () => {
    expect(await codeOf(await postJson(PATH, { email: 'x'.repeat(70_000) }))).toBe('413 body_too_large')
    expect(await codeOf(await postForm(PATH, { email: 'x'.repeat(70_000) }))).toBe('413 body_too_large')
  })

  it('too large, in chunks that declare nothing', async () => {
    const chunk = bytes('x'.repeat(1_024))
    let sent = 0
    const endless = new ReadableStream({
      pull: (controller) => (sent++ < 100_000 ? controller.enqueue(chunk) : controller.close()),
    })
    expect(await codeOf(await send('application/json', endless))).toBe('413 body_too_large')
    expect(sent).toBeLessThan(200)
  })

  it('an error of ours while the body is read is nobody else’s fault', async () => {
    const faulty = new ReadableStream({ pull: (controller) => controller.error(new Error('ours')) })
    expect(await codeOf(await send('application/json', faulty))).toBe('500 internal_error')
    expect(complaintsSoFar()).toEqual([expect.stringContaining('internal_error')])
  })

  it('never repeats what was sent', async () => {
    const canary = 'canary7c1e'
    const bodies = [`{"${canary}":`, `{"email":"${canary}","password":"${canary}"}`, `{"email":{"${canary}":1}}`]
    for (const body of bodies) expect(await (await postJson(PATH, body)).text()).not.toContain(canary)
  })
})
