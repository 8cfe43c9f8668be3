import type { Name } from './counted.ts'
import { cpuRounds, ratioOf } from './support/cpu-rounds.ts'
import { type Figure, median, report, table } from './support/figures.ts'
import { BARE, measuredPostern } from './support/measured-postern.ts'

const ROUNDS = { warmUp: 600, rounds: 12, batch: 40 }
const LOG_IN: Name = 'log-in, at the limit of sessions'

export type Cpu = Record<string, number>

/** What each operation of Postern takes of the processor, in milliseconds, beside its hash. */
export async function costs(rounds = ROUNDS): Promise<{ cpu: Cpu; figures: Figure[] }> {
  const { operations, stop } = await measuredPostern()
  const spent = await cpuRounds(operations, rounds)
  await stop()
  const cpu = Object.fromEntries(Object.entries(spent).map(([name, each]) => [name, median(each)]))
  const [logIn, refresh] = [cpu[LOG_IN] ?? Number.NaN, ratioOf(spent, 'refresh', BARE)]
  return {
    cpu,
    figures: [
      { what: 'CPU of a log-in, beside its hash', measured: logIn, unit: 'ms', atMost: 3 },
      { what: 'CPU of a refresh, to a bare object call', measured: refresh, unit: '×', atMost: 1.6 },
    ],
  }
}

if (import.meta.main) {
  const { cpu, figures } = await costs()
  console.log(
    `${table([['operation', 'CPU, ms'], ...Object.entries(cpu).map(([name, ms]) => [name, ms.toFixed(2)])])}\n`,
  )
  report(figures)
}
