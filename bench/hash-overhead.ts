import { build } from './support/build.ts'
import { clientAt } from './support/client.ts'
import { cpuDuring } from './support/cpu.ts'
import { type Figure, median, report } from './support/figures.ts'
import { posternWith, startDatabase } from './support/postern.ts'
import { serve } from './support/workerd.ts'

const ROUNDS = 45
/** Half a minute of logging in, after which the engine has compiled most of what it is going to compile. */
const WARM_UP = 150
const PASSWORD = 'correct horse battery'

/** Set against the hashes before and after it: a processor that is slower for a minute is slower for all of them. */
type Beside = { cost: number; hash: number }

/** What registering and logging in cost beside the one hash that they cannot do without. */
export async function hashOverhead(): Promise<Figure[]> {
  const database = await startDatabase()
  const workerd = await serve({
    hash: { built: await build('bench/workers/bare-hash.toml') },
    postern: await posternWith(await build(), database),
  })
  const [hash, postern] = [clientAt(workerd.port('hash')), clientAt(workerd.port('postern'))]
  const emailOf = (round: number) => `person-${round}@example.com`
  const register = (round: number) =>
    expecting(201, postern('/auth/register', { email: emailOf(round), password: PASSWORD }))
  const logIn = () => expecting(200, postern('/auth/login', { username: emailOf(-1), password: PASSWORD }))
  await register(-1)
  for (let time = 0; time < WARM_UP; time += 1) await logIn()
  const hashing = () => cpuDuring(workerd.pid, () => expecting(200, hash('/')))
  const [registering, loggingIn]: [Beside[], Beside[]] = [[], []]
  let before = await hashing()
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [costs, work] of [[registering, () => register(round)] as const, [loggingIn, logIn] as const]) {
      const cost = await cpuDuring(workerd.pid, work)
      const after = await hashing()
      costs.push({ cost, hash: (before + after) / 2 })
      before = after
    }
  }
  await workerd.stop()
  await database.close()
  return [
    figure('registering', registering, { atMost: 1.05 }),
    figure('logging in', loggingIn, { atMost: 1.05, aim: 1.03 }),
  ]
}

const figure = (what: string, costs: readonly Beside[], budget: { atMost: number; aim?: number }): Figure => ({
  what: `CPU of ${what}, to one bare hash`,
  measured: median(costs.map(({ cost, hash }) => cost / hash)),
  unit: '×',
  ...budget,
  note: `${median(costs.map(({ cost }) => cost)).toFixed(1)} ms and ${median(costs.map(({ hash }) => hash)).toFixed(1)} ms`,
})

async function expecting(status: number, asked: Promise<{ status: number; text: string }>) {
  const answer = await asked
  if (answer.status !== status) throw new Error(`Expected ${status}: ${answer.status} ${answer.text}`)
}

if (import.meta.main) report(await hashOverhead())
