import { build } from './support/build.ts'
import { type Client, clientAt } from './support/client.ts'
import { type Figure, median, report } from './support/figures.ts'
import { posternWith, startDatabase } from './support/postern.ts'
import { type Served, serve } from './support/workerd.ts'

const PASSWORD = 'correct horse battery'
const LOGGING_IN = 4
const ROUNDS = 6
const ROUND_MS = 4_000
const PAUSE_MS = 20

type Times = Record<string, number[]>
type Others = Record<string, () => Promise<unknown>>

/** Of one of the others, medians in milliseconds: while nobody logs in, and beside log-ins hashed in two processes and in one. */
export type Waited = { name: string; alone: number; two: number; one: number }

/** What others wait while four clients log in at full cost, with the hashes in the same process and in another. */
export async function headOfLine(): Promise<{ waited: Waited[]; figures: Figure[] }> {
  const [front, hash, verifier] = [
    await build(),
    await build('workers/hash/wrangler.toml'),
    await build('bench/workers/verifier.toml'),
  ]
  const [one, two] = [await measure(front, verifier), await measure(front, verifier, hash)]
  const figures: Figure[] = []
  for (const [placement, { alone, beside, perSecond }, bounds] of [
    ['in two processes', two, { median: 2, p95: 3 }],
    ['in one process', one, null],
  ] as const) {
    for (const name of Object.keys(alone)) {
      for (const [which, of] of [
        ['median', median],
        ['p95', p95],
      ] as const) {
        const [quiet, busy] = [of(alone[name] ?? []), of(beside[name] ?? [])]
        figures.push({
          what: `${name}, ${which}, ${placement}`,
          measured: busy / quiet,
          unit: '×',
          atMost: bounds?.[which] ?? Number.POSITIVE_INFINITY,
          note: `${quiet.toFixed(1)} → ${busy.toFixed(1)} ms, ${perSecond.toFixed(1)} log-ins/s`,
        })
      }
    }
  }
  figures.push({
    what: 'log-ins a second, two processes to one',
    measured: two.perSecond / one.perSecond,
    unit: '×',
    atLeast: 1,
  })
  const waited = Object.entries(two.alone).map(([name, alone]) => ({
    name,
    alone: median(alone),
    two: median(two.beside[name] ?? []),
    one: median(one.beside[name] ?? []),
  }))
  return { waited, figures }
}

async function measure(front: Served['built'], verifier: Served['built'], hash?: Served['built']) {
  const database = await startDatabase()
  const hasher = hash && (await serve({ hash: { built: hash, entrypoint: 'HashRpc' } }))
  const postern = await posternWith(front, database)
  if (hasher) postern.services = { HASHER: { port: hasher.port('hash'), entrypoint: 'HashRpc' } }
  const workerd = await serve({
    postern,
    verifier: { built: verifier, services: { POSTERN: { worker: 'postern', entrypoint: 'VerifyRpc' } } },
  })
  const others = await othersAt(workerd.port('postern'), workerd.port('verifier'))
  const alone: Times = {}
  const beside: Times = {}
  let logIns = 0
  let seconds = 0
  const people = Array.from({ length: LOGGING_IN }, (_, at) => loggingIn(workerd.port('postern'), at))
  const crowd = await Promise.all(people)
  await during(ROUND_MS, others, {})
  for (let round = 0; round < ROUNDS; round += 1) {
    await during(ROUND_MS, others, alone)
    const until = performance.now() + ROUND_MS
    const busy = crowd.map(async (logIn) => {
      while (performance.now() < until) {
        if (await logIn()) logIns += 1
      }
    })
    await Promise.all([during(ROUND_MS, others, beside), ...busy])
    seconds += ROUND_MS / 1000
  }
  await workerd.stop()
  await hasher?.stop()
  await database.close()
  return { alone, beside, perSecond: logIns / seconds }
}

/** Each of the others asks, one after another with a pause, and is timed. */
async function during(ms: number, others: Others, times: Times): Promise<void> {
  const until = performance.now() + ms
  await Promise.all(
    Object.entries(others).map(async ([name, ask]) => {
      times[name] ??= []
      while (performance.now() < until) {
        const began = performance.now()
        await ask()
        times[name].push(performance.now() - began)
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
      }
    }),
  )
}

async function othersAt(postern: number, verifier: number): Promise<Others> {
  const somebody = async (at: number) => {
    const ask = clientAt(postern, `203.0.113.${at}`)
    return { ask, tokens: await signedUp(ask, `other-${at}@example.com`) }
  }
  const [refresher, reader, verified] = [await somebody(1), await somebody(2), await somebody(3)]
  const verify = clientAt(verifier)
  return {
    refresh: async () => {
      refresher.tokens = await expecting(
        200,
        refresher.ask('/auth/refresh', { refresh_token: refresher.tokens.refresh_token }),
      )
    },
    me: () => expecting(200, reader.ask('/auth/me', undefined, reader.tokens.access_token)),
    verify: () => expecting(200, verify('/', { token: verified.tokens.access_token, maxStaleness: 0 })),
  }
}

async function loggingIn(postern: number, at: number) {
  const ask = clientAt(postern, `198.51.100.${at}`)
  const email = `person-${at}@example.com`
  await signedUp(ask, email)
  return async () => (await ask('/auth/login', { username: email, password: PASSWORD })).status === 200
}

type Tokens = { refresh_token: string; access_token: string }

async function signedUp(ask: Client, email: string): Promise<Tokens> {
  await expecting(201, ask('/auth/register', { email, password: PASSWORD }))
  return expecting(200, ask('/auth/login', { username: email, password: PASSWORD }))
}

async function expecting(status: number, asked: ReturnType<Client>): Promise<Tokens> {
  const answer = await asked
  if (answer.status !== status) throw new Error(`Expected ${status}: ${answer.status} ${answer.text}`)
  return JSON.parse(answer.text)
}

const p95 = (numbers: readonly number[]): number =>
  numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length * 0.95)] ?? Number.NaN

if (import.meta.main) report((await headOfLine()).figures)
