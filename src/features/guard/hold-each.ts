import type { Question } from './claims.ts'
import { type GuardDeps, type Held, hold, holding, release } from './reservation.ts'

/** Reserves all of them, or returns null and reserves none. */
export async function holdEach(guard: GuardDeps, questions: readonly Question[]): Promise<Held[] | null> {
  const held: Held[] = []
  for (const question of questions) {
    const one = await holding(held, () => hold(guard, question))
    if (!one.granted) {
      await release(held)
      return null
    }
    held.push(one)
  }
  return held
}
