import { setTimeout } from 'node:timers/promises'

/** Asks again and again until the answer is yes, or the time is up: what it watches sends no event. */
export async function until(happened: () => boolean | Promise<boolean>, limitMs: number): Promise<boolean> {
  const deadline = performance.now() + limitMs
  for (;;) {
    if (await happened()) return true
    if (performance.now() > deadline) return false
    await setTimeout(50)
  }
}
