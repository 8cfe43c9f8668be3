import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Engine } from '../../dev/stack/engine.ts'
import { type Stack, startStack } from '../../dev/stack/server.ts'

const noDatabase: Engine = {
  kind: 'pglite',
  query: () => Promise.reject(new Error('no database here')),
  batch: () => Promise.reject(new Error('no database here')),
  close: async () => undefined,
}

let stack: Stack

async function post(path: string, authorization: string, body: unknown): Promise<void> {
  const headers = { 'content-type': 'application/json', authorization }
  expect((await fetch(stack.url + path, { method: 'POST', headers, body: JSON.stringify(body) })).status).toBe(200)
}

const mail = (to: string, subject: string, text: string, html = '') =>
  post('/emails', 'Bearer re_key', { from: 'postern@example.com', to, subject, text, html })

const event = (number: number, key: string, payload: object) => {
  const marks = { event_id: `event-${number}`, user_id: Math.ceil(number / 2), seq: number }
  const headers = Object.entries(marks).map(([name, value]) => ({ key: name, value: String(value) }))
  const value = JSON.stringify({ ...payload, ...marks })
  return post('/produce', `Basic ${btoa('user:word')}`, { topic: 'users', key, value, headers })
}

beforeAll(async () => {
  stack = await startStack({ engine: noDatabase, password: 'x' })
  await mail('Ann <ANN@example.com>', 'Your code', 'It is 123456, and <b>not</b> 12345.', '<p>123456</p>')
  await mail('ben@example.com', 'Welcome', 'Hello & welcome.')
  await event(1, 'new_user', { username: 'ann@example.com' })
  await event(2, 'session_opened', { device: '"><script>alert(1)</script>' })
  await event(3, 'new_user', { username: 'ben@example.com' })
  await event(4, 'session_opened', { device: 'A browser' })
})
afterAll(() => stack.close())

/** The page without JavaScript, and what its cards are about, newest first. */
async function page(query = '') {
  const answer = await fetch(`${stack.url}/${query}`)
  expect(answer.headers.get('content-security-policy')).toContain("form-action 'self'")
  const html = await answer.text()
  return { html, titles: [...html.matchAll(/<h3>(.*?)<\/h3>/g)].map(([, title]) => title) }
}

test('the page shows mail and events as they are, without JavaScript', async () => {
  const { html, titles } = await page()
  expect(titles).toEqual(['Welcome', 'Your code', 'session_opened', 'new_user', 'session_opened', 'new_user'])
  expect(html).toContain('It is <mark>123456</mark>, and &lt;b&gt;not&lt;/b&gt; 12345.')
  expect(html).toContain('Hello &amp; welcome.')
  expect(html).not.toContain('<script>alert')
  expect(html).toMatch(/<iframe sandbox="allow-popups" [^>]*src="\/mail\/[\w-]+"/)
  expect(html).toMatch(/<form method="get"/)
})

test('the address leaves what one person got and did, whatever its case, and part of it is enough', async () => {
  const ofAnn = ['Your code', 'session_opened', 'new_user']
  expect((await page('?address=Ann%40Example.com')).titles).toEqual(ofAnn)
  const part = await page('?address=ann%40')
  expect(part.titles).toEqual(ofAnn)
  expect(part.html).toContain('name="address" value="ann@"')
  expect((await page('?address=%22%3E%3Cscript%3E')).html).toContain('value="&quot;&gt;&lt;script&gt;"')
  expect((await page('?address=nobody')).html).toMatch(/No mail fits.*No event fits/s)
})

test('the kind is an event, the subject of a mail, or all mails', async () => {
  const opened = await page('?kind=session_opened')
  expect(opened.titles).toEqual(['session_opened', 'session_opened'])
  expect(opened.html).toContain('<option value="session_opened" selected>')
  expect((await page('?kind=Your+code')).titles).toEqual(['Your code'])
  expect((await page('?kind=mail')).titles).toEqual(['Welcome', 'Your code'])
  expect((await page('?kind=new_user&address=ben%40example.com')).titles).toEqual(['new_user'])
  expect((await page('?kind=&address=')).titles).toHaveLength(6)
  expect((await page('?kind=gone')).html).toContain('<option value="gone" selected>')
})

test('what stands beside the payload is not in it once more', async () => {
  const { html } = await page('?kind=session_opened&address=ben')
  expect(html.match(/event-4/g)).toHaveLength(1)
  expect(html).toContain('<dt>seq</dt><dd>4</dd>')
  const [, payload = ''] = /<pre>(.*?)<\/pre>/s.exec(html) ?? []
  expect(payload.replaceAll('&quot;', '"')).toBe('{\n  "device": "A browser"\n}')
})

test('the newest two hundred are on the page, and it says so', async () => {
  stack.inbox.clear()
  for (let number = 0; number < 201; number++) await mail('cy@example.com', `Mail ${number}`, 'Hello.')
  const { html, titles } = await page('?address=cy')
  expect(titles).toHaveLength(200)
  expect(titles[0]).toBe('Mail 200')
  expect(html).toContain('The newest 200 of 201.')
})
