import type { Deps } from '../../kernel/deps.ts'
import { discard, type OutboxStatus, readStatus, revive, type WhichDead } from './outbox-status.ts'
import { sweepOutbox } from './sweep.ts'

export const outboxStatus = async ({ db }: Deps): Promise<OutboxStatus> => readStatus(await db())

/** For an operator who has put right what was wrong. What comes behind a dead letter has gone on meanwhile. */
export async function replayDeadLetter(deps: Deps, which: WhichDead): Promise<{ replayed: number }> {
  const revived = await revive(await deps.db(), which, deps.now())
  if (revived.length > 0) deps.later(sweepOutbox(deps))
  return { replayed: revived.length }
}

/** For what nobody can deliver or wants any more, such as that of a webhook which is gone. */
export const discardDeadLetter = async (
  { db }: Deps,
  { all: _, ...which }: WhichDead & { all: boolean },
): Promise<{ discarded: number }> => ({ discarded: await discard(await db(), which) })
