import type { Deps } from '../platform/deps.ts'
import { type OutboxStatus, readStatus, revive, type WhichDead } from './outbox-status.ts'
import { sweep } from './sweep.ts'

export const outboxStatus = async ({ db }: Deps): Promise<OutboxStatus> => readStatus(await db())

/** For an operator who has put right what was wrong. What comes behind a dead letter has gone on meanwhile. */
export async function replayDeadLetter(deps: Deps, which: WhichDead): Promise<{ replayed: number }> {
  const revived = await revive(await deps.db(), which, deps.now())
  if (revived.length > 0) deps.later(sweep(deps))
  return { replayed: revived.length }
}
