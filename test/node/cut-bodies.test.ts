import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { stripTypeScriptTypes } from 'node:module'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Service, sharedService } from '../support/harness.ts'
import { type BareWorkerd, startWorkerd } from './bare-workerd.ts'

type Leaving = 'ends' | 'resets' | 'stays'
type Cut = [name: string, framing: string, sent: string, leaving: Leaving]

const LENGTH = 'Content-Length: 100'
const CHUNKED = 'Transfer-Encoding: chunked'
const PART = '{"username":"ann"'

const ENDED: Cut[] = [
  ['a length, and less than that', LENGTH, PART, 'ends'],
  ['a length, and nothing', LENGTH, '', 'ends'],
  ['a length beyond the limit, and less than that', 'Content-Length: 130000', PART, 'ends'],
  ['half a chunk', CHUNKED, `50\r\n${PART}`, 'ends'],
  ['chunks without the last', CHUNKED, `11\r\n${PART}\r\n`, 'ends'],
]

/** Looked at again and again, on a machine that may have other things to do. */
const SOON = { timeout: 20_000 }

const head = (path: string, framing: string) =>
  `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nCF-Connecting-IP: 203.0.113.7\r\n${framing}\r\n\r\n`

/** Writes the bytes as they are, so that they may break HTTP's rules. `arrived`: what to wait for before leaving. */
async function send(port: number, path: string, [, framing, sent, leaving]: Cut, arrived = async () => {}) {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  let answer = ''
  socket.on('data', (data) => {
    answer += data
  })
  await once(socket, 'connect')
  socket.write(head(path, framing) + sent)
  await arrived()
  if (leaving === 'ends') socket.end()
  if (leaving === 'resets') socket.resetAndDestroy()
  return { answer: () => answer, close: () => socket.destroy() }
}

describe('the whole Worker', () => {
  let service: Service
  beforeAll(async () => {
    service = await sharedService()
  })

  type Line = { route: string; status: number; code: string }
  const linesSince = (from: number) =>
    service
      .log()
      .slice(from)
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Line)
      .filter(({ route }) => route === '/auth/login')

  /** A reset drops what has not been read yet; by the time that a later request is answered, it has. */
  const anotherIsAnswered = async () => {
    await (await fetch(`${service.url}/health/live`)).arrayBuffer()
  }

  const RESET: Cut[] = [
    ['a length, less than that, and a reset', LENGTH, PART, 'resets'],
    ['a length, nothing, and a reset', LENGTH, '', 'resets'],
  ]

  // Chunks that break off reach the Worker as a whole body now and then, by way of wrangler's proxy: they are asked below.
  const declared = ENDED.filter(([, framing]) => framing !== CHUNKED)

  it.each([...declared, ...RESET])('a body that breaks off is the caller’s fault: %s', async (...cut) => {
    const from = service.log().length
    const { close } = await send(Number(new URL(service.url).port), '/auth/login', cut, anotherIsAnswered)
    const line = await vi.waitFor(() => {
      const [line] = linesSince(from)
      if (!line) throw new Error('The Worker has not logged the request yet.')
      return line
    }, SOON)
    close()
    expect(line).toMatchObject({ route: '/auth/login', status: 400, code: 'incomplete_body' })
    expect(line).not.toHaveProperty('reason')
    expect(line).not.toHaveProperty('undeclared')
  })
})

/** The readers of bodies alone, without the proxy that wrangler puts before a Worker: it repairs broken chunks. */
describe('workerd, without a proxy before it', () => {
  const MODULES = [
    'http/body',
    'http/cut-off',
    'http/strict-form',
    'http/strict-json',
    'http/failures',
    'crypto/bytes',
    'kernel/failure',
    'kernel/failures',
  ]
  const READER = `
    import { mediaType, readBody } from 'src/http/body.ts'
    export default {
      async fetch(request) {
        if (new URL(request.url).pathname === '/twice') await request.bytes()
        return readBody(request, mediaType(request)).then(
          () => new Response('whole'),
          (error) => new Response(error.code ?? error.name),
        )
      },
    }`
  let workerd: BareWorkerd

  beforeAll(async () => {
    const sources = MODULES.map(async (name) => {
      const source = await readFile(join(import.meta.dirname, `../../src/${name}.ts`), 'utf8')
      return [`src/${name}.ts`, stripTypeScriptTypes(source)]
    })
    workerd = await startWorkerd({ reader: READER, ...Object.fromEntries(await Promise.all(sources)) }, [
      'nodejs_compat',
    ])
  })
  afterAll(() => workerd.stop())

  async function answerTo(path: string, cut: Cut): Promise<string | undefined> {
    const { answer, close } = await send(workerd.port, path, cut)
    const body = await vi.waitFor(() => {
      const [, body] = answer().split('\r\n\r\n')
      if (!body) throw new Error('There is no answer yet.')
      return body
    }, SOON)
    close()
    return body
  }

  const BROKEN: Cut[] = [
    ['a first chunk whose size is no number', CHUNKED, `zz\r\n${PART}`, 'stays'],
    ['a later chunk whose size is no number', CHUNKED, `11\r\n${PART}\r\nzz\r\n`, 'stays'],
    ['a chunk longer than it says', CHUNKED, `11\r\n${PART}}}}}\r\n`, 'stays'],
    ['a chunk of more bytes than can be counted', CHUNKED, `${'f'.repeat(20)}\r\n${PART}`, 'stays'],
  ]

  it.each([...ENDED, ...BROKEN])('a body that breaks off is the caller’s fault: %s', async (...cut) => {
    expect(await answerTo('/', cut)).toBe('incomplete_body')
  })

  it.each([
    ['a length', 'Content-Length: 2', '{}'],
    ['chunks', CHUNKED, '2\r\n{}\r\n0\r\n\r\n'],
  ])(
    'a body that is whole is read, and one that we have read already is our fault: %s',
    async (name, framing, sent) => {
      expect(await answerTo('/', [name, framing, sent, 'ends'])).toBe('whole')
      expect(await answerTo('/twice', [name, framing, sent, 'ends'])).toBe('TypeError')
    },
  )
})
