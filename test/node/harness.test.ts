import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { Agent, type IncomingMessage, request } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Service, sharedService, startService } from '../support/harness.ts'
import { cloneProject, removeProject } from './dev-project.ts'

const PASSWORD = 'correct horse battery'
const ann = { username: 'ann@example.com', password: PASSWORD }

let service: Service

beforeAll(async () => {
  service = await sharedService()
})

type Tokens = { access_token: string; refresh_token: string }

const bearer = ({ access_token }: Tokens) => ({ authorization: `Bearer ${access_token}` })
const me = (tokens: Tokens) => fetch(`${service.url}/auth/me`, { headers: bearer(tokens) })

describe('over real HTTP', () => {
  it('a life: register, log in, me, refresh, log out, and nothing is left of it', async () => {
    const registered = await service.post('/auth/register', { email: 'ann@example.com', password: PASSWORD })
    expect([registered.status, await registered.json()]).toMatchObject([201, { username: 'ann@example.com' }])

    const loggedIn = await service.post('/auth/login', ann)
    const first = (await loggedIn.json()) as Tokens
    expect(loggedIn.status).toBe(200)
    expect(await (await me(first)).json()).toMatchObject({ email: 'ann@example.com', roles: [] })

    const refreshed = await service.post('/auth/refresh', { refresh_token: first.refresh_token })
    const second = (await refreshed.json()) as Tokens
    expect(refreshed.status).toBe(200)
    expect((await me(second)).status).toBe(200)

    const loggedOut = await service.post('/auth/logout', {}, bearer(second))
    expect([loggedOut.status, await loggedOut.json()]).toEqual([200, { status: 'success' }])
    for (const tokens of [first, second]) {
      expect((await me(tokens)).status).toBe(401)
      expect((await service.post('/auth/refresh', { refresh_token: tokens.refresh_token })).status).toBe(401)
    }
  })

  it('several requests, refused ones among them, share one connection', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const asked = [
      { path: '/health/live', status: 200 },
      { path: '/auth/login', method: 'POST', body: 'no JSON', status: 400 },
      { path: '/auth/me', status: 401 },
      { path: '/health/ready', status: 200 },
    ]
    const reused: boolean[] = []
    for (const { path, method = 'GET', body = '', status } of asked) {
      const sent = request(service.url + path, { agent, method, headers: { 'content-type': 'application/json' } })
      sent.end(body)
      const [answer] = (await once(sent, 'response')) as [IncomingMessage]
      await text(answer)
      expect(answer.statusCode).toBe(status)
      reused.push(sent.reusedSocket)
    }
    agent.destroy()
    expect(reused).toEqual([false, true, true, true])
  })

  it('HEAD answers as GET does, without the body', async () => {
    const get = await fetch(`${service.url}/.well-known/jwks.json`)
    const head = await fetch(`${service.url}/.well-known/jwks.json`, { method: 'HEAD' })
    expect([head.status, head.headers.get('cache-control')]).toEqual([200, get.headers.get('cache-control')])
    expect([(await get.text()).length > 0, await head.text()]).toEqual([true, ''])
  })

  it('16.2.5 what the Worker writes to its log is JSON, and holds neither password nor token', () => {
    const lines = service.log()
    expect(lines.length).toBeGreaterThan(5)
    for (const line of lines) expect(() => JSON.parse(line)).not.toThrow()
    expect(lines.join('\n')).not.toMatch(/correct horse|ann@example|eyJ/)
  })
})

it("a developer's own .dev.vars does not leak into tests", async () => {
  const root = await cloneProject()
  await writeFile(
    join(root, '.dev.vars'),
    'APP_NAME="Leaked"\nPASSWORD_MIN_LENGTH="200"\nCORS_ORIGINS="https://leaked.example"',
  )
  const other = await startService({ root })
  const description = (await (await fetch(`${other.url}/api/openapi.json`)).json()) as { info: { title: string } }
  expect(description.info.title).toBe('Postern')
  expect((await other.post('/auth/register', { email: 'ann@example.com', password: PASSWORD })).status).toBe(201)
  await other.stop()
  await removeProject(root)
})
