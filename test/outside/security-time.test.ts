import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Service, startService } from '../support/harness.ts'

const PAIRS = 200
const WARM_UP = 10
/** Enough addresses that none is blocked, and few enough that hardly an exchange is the first of its address. */
const ROUNDS_AN_ADDRESS = 20
const BAND = { low: 0.45, high: 0.55 }

const SAME_AS_WRONG = ['unknown', 'disabled', 'passwordless'] as const
const KINDS = ['registered', ...SAME_AS_WRONG] as const
type Kind = (typeof KINDS)[number]
type Times = Record<Kind, number[]>

let service: Service

beforeAll(async () => {
  // A cost at which hashing outweighs everything else, and limits that let nobody be refused before it.
  const limits = {
    MAX_LOGIN_ATTEMPTS: '100',
    MAX_ADDRESS_ATTEMPTS: '1000',
    MAX_ACCOUNT_ATTEMPTS: '1000',
    MAX_ADDRESS_CHECKS: '10000',
  }
  service = await startService({ settings: { PASSWORD_COST: '12', ...limits } })
  for (const kind of KINDS) if (kind !== 'unknown') await register(kind)
  await service.stack.engine.query({ text: "update users set status = 'disabled' where email like 'disabled@%'" })
  await service.stack.engine.query({ text: "update users set password_hash = null where email like 'passwordless@%'" })
}, 60_000)

afterAll(() => service.stop())

async function register(kind: Kind) {
  const fields = { email: `${kind}@example.com`, password: 'correct horse battery' }
  expect((await service.post('/auth/register', fields)).status).toBe(201)
}

/** Milliseconds of a whole exchange, as whoever guesses from outside sees them. */
async function timeOf(kind: Kind, round: number): Promise<number> {
  const from = { 'cf-connecting-ip': `198.51.100.${Math.floor(round / ROUNDS_AN_ADDRESS)}` }
  const guess = { username: `${kind}@example.com`, password: 'wrong horse battery' }
  const started = performance.now()
  const answer = await service.post('/auth/login', guess, from)
  await answer.arrayBuffer()
  const taken = performance.now() - started
  expect(answer.status).toBe(401)
  return taken
}

/** One after another, each round in an order of its own, so that whatever else slows the machine slows all alike. */
async function measure(): Promise<Times> {
  const times: Times = { registered: [], unknown: [], disabled: [], passwordless: [] }
  for (let round = 0; round < WARM_UP + PAIRS; round++) {
    const order = KINDS.map((kind) => ({ kind, at: Math.random() })).sort((a, b) => a.at - b.at)
    for (const { kind } of order) {
      const taken = await timeOf(kind, round)
      if (round >= WARM_UP) times[kind].push(taken)
    }
  }
  return times
}

/** How often one of `some` took longer than one of `others`: a half where nothing can be told from the time. */
function areaUnderCurve(some: readonly number[], others: readonly number[]): number {
  const wins = some.flatMap((one): number[] => others.map((other) => (one > other ? 1 : one === other ? 0.5 : 0)))
  return wins.reduce((sum, win) => sum + win, 0) / wins.length
}

const sideOf = (area: number): -1 | 0 | 1 => (area < BAND.low ? -1 : area > BAND.high ? 1 : 0)

it('6.3.8 the time of an answer does not tell who is registered, disabled, or without a password', {
  timeout: 300_000,
}, async () => {
  const run = async () => {
    const times = await measure()
    return Object.fromEntries(SAME_AS_WRONG.map((kind) => [kind, areaUnderCurve(times[kind], times.registered)]))
  }
  const first = await run()
  const suspects = SAME_AS_WRONG.filter((kind) => sideOf(first[kind] ?? 0) !== 0)
  if (suspects.length === 0) return
  // Chance leaves the band now and then. A difference that is there leaves it again, and on the same side.
  const second = await run()
  const told = suspects.filter((kind) => sideOf(first[kind] ?? 0) === sideOf(second[kind] ?? 0))
  expect(told, JSON.stringify({ first, second })).toEqual([])
})
