import type { Deps } from '../../kernel/deps.ts'
import { discard, type OutboxStatus, readStatus, revive, type WhichDead } from './outbox-status.ts'
import { sweepOutbox } from './sweep.ts'

export const outboxStatus = async ({ db }: Deps): Promise<OutboxStatus> => readStatus(await db())

/** For an operator who has fixed the cause. Later events of the same user were not held up. */
export async function replayDeadLetter(deps: Deps, which: WhichDead): Promise<{ replayed: number }> {
  const replayed = await revive(await deps.markedDb(), which, deps.now())
  if (replayed > 0) deps.later(sweepOutbox(deps))
  return { replayed }
}

/** For dead letters that cannot be delivered any more, such as those of a removed webhook. */
export const discardDeadLetter = async (
  { db }: Deps,
  { all: _, ...which }: WhichDead & { all: boolean },
): Promise<{ discarded: number }> => ({ discarded: await discard(await db(), which) })
