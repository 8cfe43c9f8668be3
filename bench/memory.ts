import { readFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { build } from './support/build.ts'
import { type Answer, answered, clientAt } from './support/client.ts'
import { type Figure, report } from './support/figures.ts'
import { posternWith, startDatabase } from './support/postern.ts'
import { serve } from './support/workerd.ts'

const USERS = 1_000
const LOG_INS = 5_000
const CLIENTS = 8
const FULL_COST = 40
const PASSWORD = 'correct horse battery'

/** What workerd holds after a thousand users have logged in five times each, and others at full cost after them. */
export async function memory(): Promise<Figure[]> {
  const database = await startDatabase()
  const built = await build()
  const workerd = await serve({
    many: await posternWith(built, { ...database, cost: 4 }),
    // A hash takes 32 MiB while it is computed: a few of them show that, and five thousand would take a quarter of an hour.
    full: await posternWith(built, database),
  })
  const clients = Array.from({ length: CLIENTS }, (_, at) => ({
    many: clientAt(workerd.port('many'), `203.0.113.${at}`),
    full: clientAt(workerd.port('full'), `203.0.113.${at}`),
    at,
  }))
  const shared = (count: number, work: (client: (typeof clients)[number], one: number) => Promise<unknown>) =>
    Promise.all(
      clients.map(async (client) => {
        for (let one = client.at; one < count; one += CLIENTS) await work(client, one)
      }),
    )
  const username = (one: number) => `person-${one % USERS}@example.com`
  // Not all from one place, of which no guard would take so many.
  const from = (one: number) => ({ 'cf-connecting-ip': `198.51.100.${one % 100}` })
  await shared(USERS, ({ many }, one) =>
    served(() => many('/auth/register', personOf(username(one)), undefined, from(one)), 201),
  )
  await shared(LOG_INS, ({ many }, one) =>
    served(() => many('/auth/login', { username: username(one), password: PASSWORD }, undefined, from(one))),
  )
  const quiet = memoryOf(workerd.pid)
  await shared(CLIENTS, ({ full }, one) =>
    served(() => full('/auth/register', personOf(`full-${one}@example.com`)), 201),
  )
  await shared(FULL_COST, ({ full, at }) =>
    served(() => full('/auth/login', { username: `full-${at}@example.com`, password: PASSWORD })),
  )
  const most = memoryOf(workerd.pid)
  await workerd.stop()
  await database.close()
  return [
    {
      what: `memory of workerd after ${LOG_INS.toLocaleString('en')} log-ins`,
      measured: most.peak,
      unit: 'MB',
      atMost: 450,
      note: `at its most; ${quiet.now.toFixed(0)} MB before the hashes of full cost`,
    },
  ]
}

/** Asked again where the service is busy, after as long as it says. */
async function served(ask: () => Promise<Answer>, status = 200): Promise<void> {
  const answer = await ask()
  if (answer.status !== 503) return answered(Promise.resolve(answer), status)
  await setTimeout(Number(answer.headers['retry-after'] ?? 1) * 1000)
  return served(ask, status)
}

const personOf = (email: string) => ({ email, password: PASSWORD })

function memoryOf(pid: number) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const megabytes = (name: string) =>
    (Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) * 1024) / 1e6
  return { now: megabytes('VmRSS'), peak: megabytes('VmHWM') }
}

if (import.meta.main) report(await memory())
