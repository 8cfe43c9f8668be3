import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Engine } from '../../dev/stack/engine.ts'
import type { LoggedEvent } from '../../dev/stack/events.ts'
import type { Mail } from '../../dev/stack/inbox.ts'
import { type Stack, startStack } from '../../dev/stack/server.ts'

const noDatabase: Engine = {
  kind: 'pglite',
  query: () => Promise.reject(new Error('no database here')),
  batch: () => Promise.reject(new Error('no database here')),
  close: async () => undefined,
}

let stack: Stack

beforeAll(async () => {
  stack = await startStack({ engine: noDatabase, password: 'x' })
})
afterAll(() => stack.close())
beforeEach(() => {
  stack.inbox.clear()
  stack.events.clear()
})

const letter = {
  from: 'Postern <no-reply@example.com>',
  to: 'ann@example.com',
  subject: 'Your code',
  text: 'It is 123456.',
}

async function post(path: string, body: unknown, headers: Record<string, string>) {
  const answer = await fetch(stack.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  return { status: answer.status, body: (await answer.json()) as { id?: string } & Record<string, unknown> }
}

const mail = (body: unknown, headers: Record<string, string> = {}) =>
  post('/emails', body, { authorization: 'Bearer re_key', ...headers })
const produce = (body: unknown) =>
  post('/produce', body, { authorization: `Basic ${Buffer.from('user:word').toString('base64')}` })
const read = async <T>(path: string): Promise<T[]> => (await fetch(stack.url + path)).json() as Promise<T[]>
const mails = (query = '') => read<Mail>(`/mail.json${query}`)
const events = (query = '') => read<LoggedEvent>(`/events.json${query}`)

test('a mail is answered with its id and can be read', async () => {
  const sent = await mail({ ...letter, html: '<p>It is <b>123456</b>.</p>' })
  expect(sent).toEqual({ status: 200, body: { id: expect.any(String) } })
  expect(await mails()).toEqual([
    {
      id: sent.body.id,
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      from: letter.from,
      to: ['ann@example.com'],
      subject: 'Your code',
      text: 'It is 123456.',
      html: '<p>It is <b>123456</b>.</p>',
    },
  ])
})

test('?to= finds the mails of one address, whatever its case and the name before it', async () => {
  await mail(letter)
  await mail({ ...letter, to: ['Ben <BEN@example.com>', 'cy@example.com'] })
  const subjects = async (to: string) => (await mails(`?to=${encodeURIComponent(to)}`)).length
  expect(await subjects('ann@example.com')).toBe(1)
  expect(await subjects('ben@example.com')).toBe(1)
  expect(await subjects('CY@EXAMPLE.COM')).toBe(1)
  expect(await subjects('dee@example.com')).toBe(0)
})

test('one idempotency key sends one mail', async () => {
  const first = await mail(letter, { 'idempotency-key': 'a' })
  const again = await mail(letter, { 'idempotency-key': 'a' })
  expect(again).toEqual(first)
  const other = await mail({ ...letter, subject: 'Another' }, { 'idempotency-key': 'a' })
  expect(other).toMatchObject({ status: 409, body: { name: 'invalid_idempotent_request' } })
  await mail(letter, { 'idempotency-key': 'b' })
  expect(await mail(letter, { 'idempotency-key': 'x'.repeat(257) })).toMatchObject({ status: 400 })
  expect(await mails()).toHaveLength(2)
})

test('no key, no mail', async () => {
  expect(await post('/emails', letter, {})).toMatchObject({ status: 401, body: { name: 'missing_api_key' } })
  expect(await mails()).toEqual([])
})

test.each([
  ['no sender', { ...letter, from: undefined }],
  ['no recipient', { ...letter, to: [] }],
  ['a second address in one', { ...letter, to: 'ann@example.com,eve@example.com' }],
  ['a header after the address', { ...letter, to: 'ann@example.com\r\nBcc: eve@example.com' }],
  ['a header in the name', { ...letter, to: 'Ann\r\nBcc: eve@example.com <ann@example.com>' }],
  ['no subject', { ...letter, subject: '' }],
  ['nothing to read', { ...letter, text: '' }],
  ['a list', [letter]],
])('%s is refused', async (_, body) => {
  expect(await mail(body)).toMatchObject({ status: 422, body: { name: 'validation_error' } })
  expect(await mails()).toEqual([])
})

test('the inbox is bounded', async () => {
  for (let number = 0; number < 1010; number++) await mail({ ...letter, subject: `mail ${number}` })
  const kept = await mails()
  expect(kept).toHaveLength(1000)
  expect(kept.at(-1)?.subject).toBe('mail 1009')
})

test('the HTML of a mail is shown where it can do nothing', async () => {
  const { body } = await mail({ ...letter, html: '<script>alert(1)</script>' })
  const framed = await fetch(`${stack.url}/mail/${body.id}`)
  expect(framed.headers.get('content-security-policy')).toMatch(/default-src 'none'.*sandbox(?!.*allow-scripts)/)
  const page = await fetch(stack.url)
  expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none'.*script-src 'self'/)
  expect(await page.text()).not.toMatch(/<script>|\son\w+=|style=/)
  expect((await fetch(`${stack.url}/mail/unknown`)).status).toBe(404)
})

test('events are numbered by topic and partition, and can be read', async () => {
  const value = JSON.stringify({ user_id: 7 })
  const headers = [{ key: 'event_id', value: 'e1' }]
  expect((await produce({ topic: 'users', key: 'new_user', value, headers })).body).toEqual([
    { topic: 'users', partition: 0, offset: 0, timestamp: expect.any(Number) },
  ])
  const many = await produce([
    { topic: 'users', value: 'two', timestamp: 1_700_000_000_000 },
    { topic: 'users', key: 'new_user', value: 'three', partition: 1 },
    { topic: 'other', key: 'new_user', value: 'four' },
  ])
  expect(many.body).toMatchObject([
    { offset: 1, timestamp: 1_700_000_000_000 },
    { offset: 0, partition: 1 },
    { offset: 0 },
  ])
  expect(await events()).toHaveLength(4)
  expect(await events('?topic=users&key=new_user')).toEqual([
    { at: expect.any(String), topic: 'users', key: 'new_user', value, headers, partition: 0, offset: 0 },
    { at: expect.any(String), topic: 'users', key: 'new_user', value: 'three', headers: [], partition: 1, offset: 0 },
  ])
  expect(await events('?topic=users')).toHaveLength(3)
  expect((await events('?key=new_user')).map((event) => event.value)).toEqual([value, 'three', 'four'])
})

test('an event needs credentials, a topic and a text, and a list is taken whole or not at all', async () => {
  expect(await post('/produce', { topic: 't', value: 'v' }, {})).toMatchObject({ status: 401 })
  expect(await post('/produce', { topic: 't', value: 'v' }, { authorization: 'Basic bm9ib2R5' })).toMatchObject({
    status: 401,
  })
  for (const broken of [
    {},
    null,
    { topic: 't' },
    { topic: '', value: 'v' },
    { topic: 't', value: {} },
    { topic: 't', value: 'v', headers: [{}] },
  ])
    expect(await produce([{ topic: 't', value: 'good' }, broken])).toMatchObject({ status: 400 })
  expect(await events()).toEqual([])
})

test('mail and events can be made to fail, each by itself', async () => {
  stack.faults.set('emails', 'lose')
  await expect(mail(letter)).rejects.toThrow()
  expect(await mails()).toHaveLength(1)
  let calls = 0
  stack.faults.set('emails', () => (++calls % 2 === 1 ? 'refuse' : undefined))
  await expect(mail(letter)).rejects.toThrow()
  expect((await mail(letter)).status).toBe(200)
  expect((await produce({ topic: 't', value: 'v' })).status).toBe(200)
  stack.faults.heal()
  expect(stack.faults.count.emails).toBeGreaterThanOrEqual(3)
})
