import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runOperatorCommand } from '../../cli/operator/commands.ts'
import { outboxTold } from '../../cli/operator/outbox-told.ts'
import type { Answer } from '../../src/compose/rpc/answer.ts'
import { cloneProject, freePort, removeProject, type Started, start } from '../node/dev-project.ts'
import { ROOT } from '../support/markdown.ts'

const PASSWORD = 'a long and unusual password'

/** The command as npm runs it. */
async function run(root: string, words: string[], environment: Record<string, string> = {}) {
  const options = { cwd: root, env: { ...process.env, ...environment } }
  const ran = promisify(execFile)(process.execPath, [join(root, 'cli/postern.ts'), ...words], options)
  return ran.then(
    ({ stdout }) => ({ code: 0, said: stdout }),
    ({ code, stdout, stderr }) => ({ code: Number(code), said: `${stdout}${stderr}` }),
  )
}

describe('against a service that runs here, with a consumer beside it', () => {
  let root: string
  let started: Started
  let service: string
  let example: string

  beforeAll(async () => {
    root = await cloneProject()
    const [PORT, DEV_PORT, EXAMPLE_PORT] = [await freePort(), await freePort(), await freePort()].map(String)
    service = `http://127.0.0.1:${PORT}`
    example = `http://127.0.0.1:${EXAMPLE_PORT}`
    const ports = { PORT: PORT ?? '', DEV_PORT: DEV_PORT ?? '', EXAMPLE_PORT: EXAMPLE_PORT ?? '' }
    started = start(root, 'dev/run.ts', ['--memory', '--example'], ports)
    await started.ready
  }, 120_000)
  afterAll(() => removeProject(root))

  const postern = (...words: string[]) => run(root, ['user', ...words])
  const post = (path: string, body: object) =>
    fetch(service + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  const logIn = () => post('/auth/login', { username: 'ann', password: PASSWORD })
  const tokens = async (answer: Response) => (await answer.json()) as { access_token: string; refresh_token: string }
  const withToken = (address: string, token: string) =>
    fetch(address, { headers: { authorization: `Bearer ${token}` } })
  const rolesIn = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).roles

  it('tells of the outbox, tries again what was given up, and discards it', async () => {
    expect(await run(root, ['outbox', 'status'])).toMatchObject({ code: 0 })
    expect(await run(root, ['outbox', 'replay', '--sink', 'mail'])).toEqual({
      code: 0,
      said: '0 events are tried again.\n',
    })
    for (const choice of [['--sink', 'mail'], ['--event', 'e1'], ['--all']])
      expect(await run(root, ['outbox', 'discard', ...choice])).toEqual({ code: 0, said: '0 events are discarded.\n' })
    const unsaid = { code: 1, said: 'Say what to discard: --event <id>, --sink <name>, or --all.\n' }
    expect(await run(root, ['outbox', 'discard'])).toEqual(unsaid)
  })

  it('7.4.2 roles, disabling and enabling take effect at once, here and in the other Worker', async () => {
    const names = { email: 'ann@example.com', username: 'ann', password: PASSWORD }
    expect((await post('/auth/register', names)).status).toBe(201)
    const first = await tokens(await logIn())
    const notes = () => withToken(`${example}/notes`, first.access_token)
    expect(await (await notes()).json()).toMatchObject({ mayPublish: false })

    const given = { code: 0, said: 'User 1 (ann) has the roles editor, staff:eu.\n' }
    expect(await postern('roles', '1', 'editor', 'staff:eu')).toEqual(given)
    expect(await (await notes()).json()).toMatchObject({ mayPublish: true })
    const second = await tokens(await post('/auth/refresh', { refresh_token: first.refresh_token }))
    expect(rolesIn(second.access_token)).toEqual(['editor', 'staff:eu'])

    const disabled = { code: 0, said: 'User 1 (ann) is disabled, and every session has ended.\n' }
    expect(await postern('disable', 'Ann@example.com')).toEqual(disabled)
    expect((await withToken(`${service}/auth/me`, second.access_token)).status).toBe(401)
    expect((await notes()).status).toBe(401)
    expect((await post('/auth/refresh', { refresh_token: second.refresh_token })).status).toBe(401)
    expect((await logIn()).status).toBe(403)
    expect(await postern('disable', 'ann')).toEqual(disabled)

    expect(await postern('enable', 'ann')).toEqual({ code: 0, said: 'User 1 (ann) may log in again.\n' })
    const third = await logIn()
    expect(third.status).toBe(200)
    expect(rolesIn((await tokens(third)).access_token)).toEqual(['editor', 'staff:eu'])
    expect(await postern('roles', 'ann', '--none')).toEqual({ code: 0, said: 'User 1 (ann) has no role.\n' })
    expect((await postern('show', 'ann')).said).toMatch(
      /^user +1\nusername +ann\ne-mail +ann@example.com \(not verified\)\nname +-\nstatus +active\nroles +-\nsince +\d/,
    )
  })

  it('who is not there is said so', async () => {
    expect(await postern('disable', '4711')).toEqual({ code: 1, said: 'There is no user "4711".\n' })
    expect(await postern('show', 'bob@example.com')).toEqual({ code: 1, said: 'There is no user "bob@example.com".\n' })
    const roles = await postern('roles', '4711', 'two words')
    expect(roles).toEqual({ code: 1, said: expect.stringMatching(/^A role is one word.*\n$/) })
  })

  it('a service that does not run is one sentence', async () => {
    started.child.kill('SIGTERM')
    expect(await started.exit).toBe(0)
    const said = 'The service is not running here. Start it with `npm run dev`, or say --production.\n'
    expect(await postern('show', '1')).toEqual({ code: 1, said })
  })
})

describe('against the deployed service', () => {
  /** Cloudflare's API as far as the command goes: what it is sent is kept, and no preview is ever made. */
  async function withApi(words: string[]) {
    const asked: { url: string; credential: string | undefined; body: string }[] = []
    const server = createServer(async (request, answer) => {
      const body = (await request.setEncoding('utf8').toArray()).join('')
      asked.push({ url: request.url ?? '', credential: request.headers.authorization, body })
      const refused = request.method === 'POST'
      const error = { code: 10_000, message: 'Authentication error' }
      const result = { token: 'session', subdomain: 'example' }
      answer.writeHead(refused ? 403 : 200, { 'content-type': 'application/json' })
      answer.end(JSON.stringify({ success: !refused, errors: refused ? [error] : [], messages: [], result }))
    }).listen(0, '127.0.0.1')
    const { port } = await new Promise<AddressInfo>((resolve) =>
      server.on('listening', () => resolve(server.address() as AddressInfo)),
    )
    const ran = await run(ROOT, ['user', ...words], {
      CLOUDFLARE_API_BASE_URL: `http://127.0.0.1:${port}`,
      CLOUDFLARE_API_TOKEN: 'only-for-tests',
      CLOUDFLARE_ACCOUNT_ID: 'a'.repeat(32),
    })
    server.close()
    return { ...ran, asked }
  }

  it.each([
    [['show', '1', '--production'], 'postern'],
    [['show', '1', '--env', 'staging'], 'postern-staging'],
  ])(
    '%j asks for a binding to %s with the credentials of the operator, and for nothing else',
    async (words, service) => {
      const { code, said, asked } = await withApi(words)
      expect(asked.map(({ credential }) => credential)).toEqual(asked.map(() => 'Bearer only-for-tests'))
      const [upload = { body: '' }] = asked.filter(({ body }) => body !== '')
      const metadata = JSON.parse(/^\{"main_module".*\}\r?$/m.exec(upload.body)?.[0] ?? '{}')
      expect(metadata.bindings).toEqual([{ name: 'OPERATOR', type: 'service', service, entrypoint: 'OperatorRpc' }])
      expect([code, said]).toEqual([1, expect.stringContaining('The service could not be reached: ')])
      expect(said).not.toMatch(/only-for-tests|^ +at /m)
    },
  )

  it('without credentials it says what is missing', async () => {
    const nobody = {
      CLOUDFLARE_API_TOKEN: '',
      CLOUDFLARE_ACCOUNT_ID: '',
      HOME: '/nonexistent',
      XDG_CONFIG_HOME: '/nonexistent',
    }
    const { code, said } = await run(ROOT, ['user', 'show', '1', '--production'], nobody)
    expect([code, said]).toEqual([1, expect.stringContaining('CLOUDFLARE_API_TOKEN')])
  })
})

describe('what it says', () => {
  type Refusal = Extract<Answer<never>, { ok: false }>
  const refusing = (refusal: Refusal) => async () => ({
    ask: async () => refusal,
    leave: async () => undefined,
  })

  it.each<[Refusal, RegExp]>([
    [{ ok: false, error: 'revocation_pending', retryAfter: 1 }, /change is made.*Run this again/],
    [{ ok: false, error: 'unavailable', retryAfter: 2 }, /could not do this right now.*Run this again/],
    [{ ok: false, error: 'misconfigured' }, /not configured/],
    [{ ok: false, error: 'internal_error' }, /went wrong/],
  ])('of the answer %j', async (answer, sentence) => {
    await expect(runOperatorCommand(['user', 'disable', '1'], ROOT, refusing(answer))).rejects.toThrow(sentence)
  })

  it.each<[string[], RegExp]>([
    [['user'], /npm run postern -- user\|outbox <command>/],
    [['users', 'show', '1'], /npm run postern -- user\|outbox <command>/],
    [['user', 'delete', '1'], /npm run postern -- user\|outbox <command>/],
    [['user', 'show'], /Say which user/],
    [['user', 'show', '1', '2'], /2 is one word too many/],
    [['user', 'disable', '1', '--none'], /--none is one word too many/],
    [['user', 'roles', '1'], /Say which roles/],
    [['user', 'roles', '1', 'admin', '--none'], /Say which roles/],
    [['user', 'show', '1', '--nonsense'], /nonsense/],
    [['user', 'show', '1', '--env', '../x'], /--env/],
    [['outbox'], /outbox status/],
    [['outbox', 'empty'], /outbox status/],
    [['outbox', 'status', '--sink', 'mail'], /outbox replay/],
    [['outbox', 'discard'], /Say what to discard: --event <id>, --sink <name>, or --all/],
    [['outbox', 'discard', '--all', '--sink', 'mail'], /Say --all, or choose/],
    [['outbox', 'replay', '--all'], /--all is one word too many/],
    [['user', 'show', '1', '--all'], /--all is one word too many/],
  ])('of the words %j', async (words, sentence) => {
    await expect(runOperatorCommand(words, ROOT)).rejects.toThrow(sentence)
  })

  it('of an outbox: what waits, and what was given up and why', () => {
    const at = '2026-01-02T03:04:05.678Z'
    const letter = { eventId: 'e1', sink: 'rabbitmq', type: 'user_deleted', userId: 7, attempts: 20, diedAt: at }
    const sinks = [{ sink: 'rabbitmq', waiting: 2, dead: 1, oldestWaiting: at }]
    expect(outboxTold({ sinks, dead: [{ ...letter, reason: 'answered 500' }] })).toEqual([
      `rabbitmq      2 waiting since ${at}, 1 given up`,
      'Given up:',
      `  e1  user_deleted of user 7 for rabbitmq: answered 500 (20 tries, ${at})`,
    ])
    expect(outboxTold({ sinks: [], dead: [] })).toEqual(['Nothing waits, and nothing was given up.'])
  })

  it('of nothing at all: what there is', async () => {
    expect((await runOperatorCommand([], ROOT)).join('\n')).toMatch(/user disable <user>/)
    expect(await runOperatorCommand(['--help'], ROOT)).toEqual(await runOperatorCommand([], ROOT))
  })
})
