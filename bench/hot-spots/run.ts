import { table } from '../support/figures.ts'
import { keyWithdrawn, mailStorm, oneAccount, oneAddress, oneProfile, type Spot } from './scenarios.ts'

const count = (number: number) => number.toLocaleString('en')

/** Where everything meets in one object or one key. Nothing here depends on the machine: docs/cost.md shows what it says. */
export async function hotSpots(): Promise<string[][]> {
  const spots: Spot[] = [
    await oneAddress(250),
    await oneAddress(2_000),
    await oneAddress(2_000, 10_000),
    ...(await oneAccount(10_000, 2_000)),
    await mailStorm(5_000),
    keyWithdrawn(100_000),
    oneProfile(200),
  ]
  const rows = spots.map(({ what, asked, served, objects, busiest }) => [
    what,
    count(asked),
    count(served),
    count(objects),
    count(busiest.calls),
    count(busiest.inOneSecond),
    `${count(busiest.longestWait)} ms`,
  ])
  return [['', 'Asked', 'Let through', 'Objects', 'Calls of the busiest', 'In one second', 'Longest wait'], ...rows]
}

if (import.meta.main) console.log(table(await hotSpots()))
