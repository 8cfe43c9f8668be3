import { build } from './support/build.ts'
import { clientAt } from './support/client.ts'
import { cpuDuring } from './support/cpu.ts'
import { type Figure, median, report } from './support/figures.ts'
import { posternWith, startDatabase } from './support/postern.ts'
import { serve } from './support/workerd.ts'

const ROUNDS = 25
const WARM_UP = 5
const PASSWORD = 'correct horse battery'

/** What registering and logging in cost beside the one hash that they cannot do without. */
export async function hashOverhead(): Promise<Figure[]> {
  const database = await startDatabase()
  const workerd = await serve({
    hash: { built: await build('bench/workers/bare-hash.toml') },
    postern: await posternWith(await build(), database),
  })
  const [hash, postern] = [clientAt(workerd.port('hash')), clientAt(workerd.port('postern'))]
  const emailOf = (round: number) => `person-${round + WARM_UP}@example.com`
  const costs = { hash: [] as number[], register: [] as number[], logIn: [] as number[] }
  for (let round = -WARM_UP; round < ROUNDS; round += 1) {
    const works = {
      hash: () => expecting(200, hash('/')),
      register: () => expecting(201, postern('/auth/register', { email: emailOf(round), password: PASSWORD })),
      logIn: () => expecting(200, postern('/auth/login', { username: emailOf(-WARM_UP), password: PASSWORD })),
    }
    for (const name of ['register', 'hash', 'logIn'] as const) {
      const cost = await cpuDuring(workerd.pid, works[name])
      if (round >= 0) costs[name].push(cost)
    }
  }
  await workerd.stop()
  await database.close()
  // Each beside the hashes around it: a processor that is slower for a minute is slower for all of them.
  const figure = (what: string, cost: readonly number[], budget: { atMost: number; aim?: number }): Figure => ({
    what: `CPU of ${what}, to one bare hash`,
    measured: median(cost.map((each, round) => each / (costs.hash[round] ?? Number.NaN))),
    unit: '×',
    ...budget,
    note: `${median(cost).toFixed(1)} ms and ${median(costs.hash).toFixed(1)} ms`,
  })
  return [
    figure('registering', costs.register, { atMost: 1.05 }),
    figure('logging in', costs.logIn, { atMost: 1.05, aim: 1.03 }),
  ]
}

async function expecting(status: number, asked: Promise<{ status: number; text: string }>) {
  const answer = await asked
  if (answer.status !== status) throw new Error(`Expected ${status}: ${answer.status} ${answer.text}`)
}

if (import.meta.main) report(await hashOverhead())
