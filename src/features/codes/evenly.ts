import type { Deps } from '../../kernel/deps.ts'

const STEP_MS = 200

/**
 * A row is written for a known address and none for an unknown one. The difference of some milliseconds would tell who is
 * registered. So the answer leaves at the next multiple of this step, which is the same for both.
 */
export async function evenly<Result>({ now }: Pick<Deps, 'now'>, work: () => Promise<Result>): Promise<Result> {
  const begun = now().getTime()
  try {
    return await work()
  } finally {
    const left = STEP_MS - ((now().getTime() - begun) % STEP_MS)
    await new Promise((resolve) => setTimeout(resolve, left))
  }
}
