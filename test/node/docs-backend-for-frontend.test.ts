import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startBeside } from '../support/harness.ts'
import { fences, read } from '../support/markdown.ts'

const ann = { username: 'ann@example.com', password: 'four random common words' }

let folder: string
let beside: Awaited<ReturnType<typeof startBeside>>

beforeAll(async () => {
  const shown = fences(read('docs/guides/backend-for-frontend.md'))
  const bodyOf = (wanted: string) => shown.find(({ language }) => language === wanted)?.body ?? ''
  folder = await mkdtemp(join(tmpdir(), 'postern-backend-'))
  await writeFile(join(folder, 'index.js'), bodyOf('js'))
  const head = 'name = "notes"\nmain = "index.js"\ncompatibility_date = "2026-09-01"\n'
  await writeFile(join(folder, 'wrangler.toml'), `${head}${bodyOf('toml')}`)
  beside = await startBeside(join(folder, 'wrangler.toml'))
  await beside.post('/auth/register', ann)
}, 120_000)

afterAll(async () => {
  await beside.stop()
  await rm(folder, { recursive: true, force: true })
})

/** A browser as far as cookies go: what has no time left is forgotten. */
function browser() {
  const jar = new Map<string, string>()
  const ask = async (path: string, body?: object, site = 'same-origin') => {
    const cookies = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await fetch(new URL(path, beside.url), {
      method: body ? 'POST' : 'GET',
      headers: { 'cf-connecting-ip': '203.0.113.7', 'sec-fetch-site': site, ...(cookies && { cookie: cookies }) },
      ...(body && { body: JSON.stringify(body) }),
    })
    for (const line of answer.headers.getSetCookie()) {
      expect(line).toMatch(/; Path=\/; HttpOnly; Secure; SameSite=Strict$/)
      const [, name = '', value = '', seconds] = /^([^=]+)=([^;]*); Max-Age=(\d+)/.exec(line) ?? []
      if (seconds === '0') jar.delete(name)
      else jar.set(name, value)
    }
    return { status: answer.status, body: await answer.json() }
  }
  return { jar, ask }
}

it('docs/guides/backend-for-frontend.md: logs in with cookies of its own, and out again', async () => {
  const { jar, ask } = browser()
  expect((await ask('/')).status).toBe(401)
  expect((await ask('/login', ann)).status).toBe(200)
  expect([...jar.keys()]).toEqual(['__Host-notes_access', '__Host-notes_refresh', '__Host-notes_device'])
  expect(await ask('/')).toEqual({ status: 200, body: { hello: 'ann@example.com' } })
  const refreshToken = jar.get('__Host-notes_refresh')
  expect((await ask('/logout', {})).status).toBe(200)
  expect([...jar.keys()]).toEqual(['__Host-notes_device'])
  jar.set('__Host-notes_refresh', refreshToken ?? '')
  expect((await ask('/')).status).toBe(401)
})

it('docs/guides/backend-for-frontend.md: refreshes where the access token is spent, also twice at once', async () => {
  const { jar, ask } = browser()
  await ask('/login', ann)
  const first = jar.get('__Host-notes_refresh')
  jar.delete('__Host-notes_access')
  const both = await Promise.all([ask('/'), ask('/')])
  expect(both.map(({ status }) => status)).toEqual([200, 200])
  expect(jar.get('__Host-notes_refresh')).not.toBe(first)
  expect(jar.has('__Host-notes_access')).toBe(true)
  expect((await ask('/')).status).toBe(200)
})

it('docs/guides/backend-for-frontend.md: passes on what Postern refuses, and refuses foreign pages itself', async () => {
  const { jar, ask } = browser()
  expect(await ask('/login', { ...ann, password: 'wrong' })).toEqual({
    status: 401,
    body: { code: 'invalid_credentials' },
  })
  expect((await ask('/login', ann, 'cross-site')).status).toBe(403)
  expect((await ask('/login', { username: 7, password: null })).status).toBe(422)
  expect(jar.size).toBe(0)
})
