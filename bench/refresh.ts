import { build } from './support/build.ts'
import { type Client, clientAt } from './support/client.ts'
import { cpuOf } from './support/cpu.ts'
import { type Figure, median, report } from './support/figures.ts'
import { posternWith, startDatabase } from './support/postern.ts'
import { serve } from './support/workerd.ts'

const CLIENTS = 8
const ROUNDS = 40
/** A quarter of a minute, after which the engine has compiled most of what it is going to compile. */
const WARM_UP = 30
const ROUND_MS = 250
const PASSWORD = 'correct horse battery'

type Tokens = { refresh_token: string }

/** What holds where a disk does not wait for its medium: there it is the work alone that is compared. */
const AT_LEAST = 0.4

/** How many refreshes a second, beside calls to a bare Durable Object that changes one row. */
export async function refresh(atLeast = AT_LEAST): Promise<Figure[]> {
  const database = await startDatabase()
  const workerd = await serve({
    bare: { built: await build('bench/workers/bare-object.toml'), objects: { COUNTER: 'Counter' } },
    postern: await posternWith(await build(), database),
  })
  const everybody = Array.from({ length: CLIENTS }, (_, at) => at)
  const bare = everybody.map((at) => callsOf(clientAt(workerd.port('bare')), `counter-${at}`))
  const refreshes: (() => Promise<void>)[] = []
  for (const at of everybody)
    refreshes.push(await refreshesOf(clientAt(workerd.port('postern'), `203.0.113.${at}`), at))
  const rates = { bare: [] as number[], refresh: [] as number[] }
  const busy: number[] = []
  for (let round = -WARM_UP; round < ROUNDS; round += 1) {
    const cpuBefore = cpuOf(workerd.pid)
    const began = performance.now()
    const calls = await perSecond(bare)
    const refreshed = await perSecond(refreshes)
    if (round < 0) continue
    busy.push((cpuOf(workerd.pid) - cpuBefore) / (performance.now() - began))
    rates.bare.push(calls)
    rates.refresh.push(refreshed)
  }
  await workerd.stop()
  await database.close()
  const perSecondOf = (name: keyof typeof rates) => median(rates[name]).toFixed(0)
  const note = `${perSecondOf('refresh')}/s and ${perSecondOf('bare')}/s, workerd ${(median(busy) * 100).toFixed(0)} % busy`
  // Each round by itself: a machine that is slower for a while is slower for both.
  const measured = median(rates.refresh.map((rate, round) => rate / (rates.bare[round] ?? Number.NaN)))
  return [{ what: 'refreshes, to bare object calls', measured, unit: '×', atLeast, aim: 0.7, note }]
}

/** Everybody asks again as soon as they are answered. */
async function perSecond(works: readonly (() => Promise<void>)[]): Promise<number> {
  const began = performance.now()
  let done = 0
  const keepAsking = async (work: () => Promise<void>) => {
    while (performance.now() - began < ROUND_MS) {
      await work()
      done += 1
    }
  }
  await Promise.all(works.map(keepAsking))
  return (done * 1000) / (performance.now() - began)
}

const callsOf = (ask: Client, name: string) => async () => {
  await demanding(200, ask('/', { name }))
}

async function refreshesOf(ask: Client, at: number): Promise<() => Promise<void>> {
  const email = `person-${at}@example.com`
  await demanding(201, ask('/auth/register', { email, password: PASSWORD }))
  let tokens: Tokens = await demanding(200, ask('/auth/login', { username: email, password: PASSWORD }))
  return async () => {
    tokens = await demanding(200, ask('/auth/refresh', { refresh_token: tokens.refresh_token }))
  }
}

async function demanding(status: number, asked: ReturnType<Client>): Promise<Tokens> {
  const answer = await asked
  if (answer.status !== status) throw new Error(`Expected ${status}: ${answer.status} ${answer.text}`)
  return JSON.parse(answer.text)
}

if (import.meta.main) report(await refresh(Number(process.argv[2] ?? AT_LEAST)))
