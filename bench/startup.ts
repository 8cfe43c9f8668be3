import { once } from 'node:events'
import { get } from 'node:http'
import { build } from './support/build.ts'
import { type Figure, median, report } from './support/figures.ts'
import { posternWith } from './support/postern.ts'
import { type Served, serve } from './support/workerd.ts'

const ROUNDS = 15

/** From the start of workerd to the first answer, beside a Worker that has the framework and nothing else. */
export async function startup(): Promise<Figure[]> {
  const postern = await posternWith(await build())
  const bare: Served = { built: await build('bench/workers/bare-hono.toml') }
  const times = { postern: [] as number[], bare: [] as number[] }
  // One after another in turn, so that whatever else the machine does falls on both.
  for (let round = 0; round < ROUNDS; round += 1) {
    times.bare.push(await firstAnswer(bare))
    times.postern.push(await firstAnswer(postern))
  }
  const [ours, theirs] = [median(times.postern), median(times.bare)]
  const note = `${ours.toFixed(0)} ms and ${theirs.toFixed(0)} ms`
  return [
    {
      what: 'first answer after start, to bare Hono',
      measured: ours / theirs,
      unit: '×',
      atMost: 2.75,
      aim: 2.6,
      note,
    },
  ]
}

async function firstAnswer(worker: Served): Promise<number> {
  const began = performance.now()
  const workerd = await serve({ worker })
  const [answer] = await once(get({ port: workerd.port('worker'), path: '/health/live', agent: false }), 'response')
  const took = performance.now() - began
  answer.resume()
  await workerd.stop()
  if (answer.statusCode !== 200) throw new Error(`/health/live answered ${answer.statusCode}.`)
  return took
}

if (import.meta.main) report(await startup())
