import { cpuDuring } from './cpu.ts'
import { median } from './figures.ts'
import type { Ask } from './postern-operations.ts'

/** What is asked again and again of a process, which does nothing else meanwhile. */
export type Operation = Ask & { name: string; pid: number }

export type Rounds = { warmUp: number; rounds: number; batch: number }

/** Milliseconds of the processor for one of each operation, in each round. */
export type Spent = Record<string, number[]>

/**
 * In each round every operation has its turn, so that whatever else the machine does falls on all of them. First they are warm:
 * the engine goes on compiling for thousands of requests.
 */
export async function cpuRounds(operations: readonly Operation[], { warmUp, rounds, batch }: Rounds): Promise<Spent> {
  // What has to be prepared is warmed by others, and what it takes to prepare it is worth more elsewhere.
  for (const { ask, prepare } of operations) if (!prepare) await times(warmUp, ask)
  const spent: Spent = {}
  for (let round = 0; round < rounds; round += 1) {
    for (const { name, pid, ask, prepare } of operations) {
      await prepare?.(batch)
      const cost = await cpuDuring(pid, () => times(batch, ask))
      spent[name] = [...(spent[name] ?? []), cost / batch]
    }
  }
  return spent
}

/** The median of the ratios of the rounds. */
export const ratioOf = (spent: Spent, one: string, other: string): number =>
  median((spent[one] ?? []).map((cost, round) => cost / (spent[other]?.[round] ?? Number.NaN)))

export async function times(count: number, work: () => Promise<unknown>): Promise<void> {
  for (let time = 0; time < count; time += 1) await work()
}
