import * as z from 'zod/mini'
import { seal, unseal } from '../../crypto/seal.ts'
import type { Deps } from '../../kernel/deps.ts'
import { AuthError } from '../../kernel/failure.ts'
import { lazy, type Parsed } from '../../kernel/lazy.ts'
import { invalidCode } from '../codes/failures.ts'

const Handle = lazy(() => z.object({ codeId: z.string(), account: z.string() }))
type Handle = Parsed<typeof Handle>

const BOUND = { eventId: '', sink: 'client', subject: '', purpose: 'registration' }

/** What a client holds of a registration that waits: opaque to it, and the same where nothing waits at all. */
export const sealRegistration = ({ keys }: Pick<Deps, 'keys'>, handle: Handle): Promise<string> =>
  seal(keys.outboxSeal, JSON.stringify(handle), BOUND)

export async function openRegistration({ keys }: Pick<Deps, 'keys'>, sealed: string): Promise<Handle | null> {
  const opened = await unseal(keys.outboxSeal, sealed, BOUND)
  return opened === null ? null : Handle().parse(JSON.parse(opened))
}

export async function requireRegistration(deps: Pick<Deps, 'keys'>, sealed: string): Promise<Handle> {
  const handle = await openRegistration(deps, sealed)
  if (!handle) throw new AuthError(invalidCode, { reason: 'not a registration of ours' })
  return handle
}
