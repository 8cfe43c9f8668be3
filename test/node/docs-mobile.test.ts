import { beforeAll, beforeEach, expect, it } from 'vitest'
import { type Service, sharedService } from '../support/harness.ts'
import { fences, read } from '../support/markdown.ts'

type Fetch = typeof fetch
type Store = Map<string, string>
type Session = {
  logIn: (username: string, password: string) => Promise<number>
  ask: (path: string) => Promise<Response>
  logOut: () => Promise<void>
}

const PASSWORD = 'four random common words'
const FROM = { 'cf-connecting-ip': '203.0.113.7', 'user-agent': 'Notes/3.1 (iPhone; iOS 19.0)' }

let service: Service
let people = 0
let name: string

beforeAll(async () => {
  service = await sharedService()
})

beforeEach(async () => {
  name = `ann${++people}@example.com`
  await service.post('/auth/register', { username: name, password: PASSWORD })
})

/** An app that was started with what lies in the store; every request goes through `by`. */
async function started(store: Store, by: Fetch = fetch): Promise<Session> {
  const [shown] = fences(read('docs/guides/mobile.md')).filter(({ language }) => language === 'js')
  const { session } = await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(shown?.body ?? '')}`)
  const secrets = {
    get: async (key: string) => store.get(key) ?? null,
    set: async (key: string, value: string) => void store.set(key, value),
    delete: async (key: string) => void store.delete(key),
  }
  const asking: Fetch = (url, init) => by(url, { ...init, headers: { ...init?.headers, ...FROM } })
  return session(service.url, secrets, asking)
}

const statusOf = async (app: Session) => (await app.ask('/auth/me')).status

it('docs/guides/mobile.md: logs in, is still logged in after a start, and logs out', async () => {
  const store: Store = new Map()
  const app = await started(store)
  expect(await statusOf(app)).toBe(401)
  expect(await app.logIn(name, 'wrong')).toBe(401)
  expect(await app.logIn(name, PASSWORD)).toBe(200)
  const me = (await (await app.ask('/auth/me')).json()) as { username: string }
  expect(me.username).toBe(name)
  const again = await started(store)
  expect(await statusOf(again)).toBe(200)
  const { sessions } = (await (await again.ask('/auth/sessions')).json()) as { sessions: { device: string }[] }
  expect(sessions.map(({ device }) => device)).toEqual(['An app on iPhone'])
  await again.logOut()
  expect([...store.keys()]).toEqual(['device_token'])
  expect([await statusOf(again), await statusOf(app)]).toEqual([401, 401])
})

it('docs/guides/mobile.md: a lost answer to a refresh is asked for again', async () => {
  const store: Store = new Map()
  await (await started(store)).logIn(name, PASSWORD)
  let lost = 0
  const app = await started(store, async (url, init) => {
    const answer = await fetch(url, init)
    if (String(url).endsWith('/refresh') && lost++ === 0) throw new TypeError('The network is gone.')
    return answer
  })
  expect(await statusOf(app)).toBe(200)
  expect(lost).toBe(2)
})

it('docs/guides/mobile.md: ten requests at once refresh once', async () => {
  const store: Store = new Map()
  await (await started(store)).logIn(name, PASSWORD)
  let refreshes = 0
  const app = await started(store, (url, init) => {
    if (String(url).endsWith('/refresh')) refreshes += 1
    return fetch(url, init)
  })
  const statuses = await Promise.all(Array.from({ length: 10 }, () => statusOf(app)))
  expect([new Set(statuses), refreshes]).toEqual([new Set([200]), 1])
})

it('docs/guides/mobile.md: a 503 is no reason to forget anything', async () => {
  const store: Store = new Map()
  await (await started(store)).logIn(name, PASSWORD)
  const kept = new Map(store)
  const app = await started(store, async () => new Response(null, { status: 503 }))
  expect(await statusOf(app)).toBe(503)
  expect(store).toEqual(kept)
})
