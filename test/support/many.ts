import { afterwork } from './after-work.ts'

/** One after another, each with what follows its answer. */
export async function inTurn<T>(count: number, one: (index: number) => Promise<T>): Promise<T[]> {
  const all: T[] = []
  for (let index = 0; index < count; index++) {
    all.push(await one(index))
    await afterwork()
  }
  return all
}

/** Several requests at once. */
export const many = <T>(count: number, one: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => one(index)))

/** How many of several requests at once were answered so. */
export const winners = async (count: number, status: number, one: (index: number) => Promise<Response>) =>
  statuses(await many(count, one))[status] ?? 0

/** How often each status was answered. */
export function statuses(responses: readonly Response[]): Record<number, number> {
  const counted: Record<number, number> = {}
  for (const { status } of responses) counted[status] = (counted[status] ?? 0) + 1
  return counted
}
