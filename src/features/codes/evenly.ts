import type { Deps } from '../../kernel/deps.ts'

const STEP_MS = 200

/**
 * Where an address is somebody's a row is written, and where it is nobody's none is: a few milliseconds that tell who is
 * registered. So the answer leaves at a multiple of this step after the request came, which is the first one for both.
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
