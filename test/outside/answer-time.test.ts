import { afterAll, beforeAll, expect, it } from 'vitest'
import { asRabbitMq, asRestProxy, asUpstash, CREDENTIALS, type Fake, startFake } from '../support/fake-brokers.ts'
import { type Service, startService } from '../support/harness.ts'
import { WEBHOOK_SECRET } from '../support/sinks-by-hand.ts'

const ROUNDS = 30
const WARM_UP = 5
/** A sink that hangs is given up after five to ten seconds; an answer that waited for one would take a thousand times as long. */
const LONGEST_MS = 2_000

const { username, password } = CREDENTIALS
const PATHS = ['/auth/register', '/auth/password/forgot'] as const
type Path = (typeof PATHS)[number]

let sinks: Fake[]
let service: Service

beforeAll(async () => {
  const answers = [
    asUpstash,
    asRestProxy(),
    asRabbitMq(),
    () => ({ status: 204 }),
    () => ({ status: 200, json: { id: '1' } }),
  ]
  sinks = await Promise.all(answers.map((answer) => startFake(answer)))
  const [upstash = '', rest = '', rabbit = '', hook = '', mail = ''] = sinks.map(({ url }) => url)
  service = await startService({
    settings: {
      UPSTASH_KAFKA_REST_URL: upstash,
      UPSTASH_KAFKA_REST_USERNAME: username,
      UPSTASH_KAFKA_REST_PASSWORD: password,
      KAFKA_REST_URL: rest,
      KAFKA_REST_USERNAME: username,
      KAFKA_REST_PASSWORD: password,
      RABBITMQ_HTTP_URL: rabbit,
      RABBITMQ_USERNAME: username,
      RABBITMQ_PASSWORD: password,
      WEBHOOKS: `${hook}/hook`,
      WEBHOOK_SECRETS: WEBHOOK_SECRET,
      WEBHOOKS_ALLOW_PRIVATE: 'on',
      RESEND_API_KEY: 're_test',
      RESEND_BASE_URL: mail,
      MAIL_FROM: 'Postern <postern@example.com>',
    },
  })
}, 60_000)

afterAll(async () => {
  await service.stop()
  await Promise.all(sinks.map(({ close }) => close()))
})

async function timeOf(path: Path, email: string, round: number): Promise<number> {
  const from = { 'cf-connecting-ip': `198.51.100.${round}` }
  const started = performance.now()
  const answer = await service.post(
    path,
    path === PATHS[0] ? { email, password: 'correct horse battery' } : { email },
    from,
  )
  await answer.arrayBuffer()
  const taken = performance.now() - started
  expect(answer.ok).toBe(true)
  return taken
}

const median = (times: readonly number[]) => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN

it('registering and forgetting take as long with every sink hanging as with none', { timeout: 120_000 }, async () => {
  const times = { hang: { [PATHS[0]]: [], [PATHS[1]]: [] }, answer: { [PATHS[0]]: [], [PATHS[1]]: [] } } as {
    [how in 'hang' | 'answer']: Record<Path, number[]>
  }
  for (let round = 0; round < WARM_UP + ROUNDS; round++) {
    for (const how of ['hang', 'answer'] as const) {
      for (const sink of sinks) sink.fail(how === 'hang' ? 'hang' : undefined)
      for (const path of PATHS) {
        const taken = await timeOf(path, `${how}-${round}@example.com`, round)
        if (round >= WARM_UP) times[how][path].push(taken)
      }
    }
  }
  for (const sink of sinks) expect(sink.asked(), sink.url).toBeGreaterThan(ROUNDS)
  for (const path of PATHS) {
    const [hanging, answering] = [median(times.hang[path]), median(times.answer[path])]
    console.log(`${path}: ${hanging.toFixed(1)} ms with every sink hanging, ${answering.toFixed(1)} ms with none`)
    expect(Math.max(...times.hang[path])).toBeLessThan(LONGEST_MS)
    expect(hanging / answering, path).toBeLessThan(1.5)
  }
})
