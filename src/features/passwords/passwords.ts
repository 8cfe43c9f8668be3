import { CallerGone, hashQueue, QueueFull } from '../../crypto/hash-queue.ts'
import { dummyHash, hashPassword, type Verification, verifyPassword } from '../../crypto/password-hash.ts'
import type { Client } from '../../kernel/client.ts'
import type { Config } from '../../kernel/config.ts'
import { AuthError } from '../../kernel/failure.ts'
import { unavailable } from '../../kernel/failures.ts'
import { parseAddress } from '../guard/networks.ts'

/**
 * All hashing goes through here. `account` is any name that tells accounts apart: the queue serves accounts and addresses in
 * turn.
 */
export type Passwords = {
  hash: (password: string, account: string) => Promise<string>
  /** Without a stored hash it takes as long and is never right. */
  verify: (password: string, stored: string | null | undefined, account: string) => Promise<Verification>
}

/** Two seconds of hashing are sixteen passwords at full cost; the number only bounds what a burst may hold in memory. */
const LINE = { maxWaiting: 64, maxWaitMs: 2_000 }

/** One queue for each isolate. The signal of a request removes it from the queue when its caller disconnects. */
export function passwordsWith({ cost }: Pick<Config['passwords'], 'cost'>) {
  const inLine = hashQueue({ ...LINE, now: () => Date.now() })
  const nobody = dummyHash(cost)
  return (signal: () => AbortSignal | undefined, { address }: Pick<Client, 'address'>): Passwords => {
    const networks = partiesAt(address)
    const inTurn = <T>(account: string, work: () => Promise<T>) => {
      const parties = [`account ${account}`, ...networks]
      return inLine(work, { parties, signal: signal() }).catch(explain)
    }
    return {
      hash: (password, account) => inTurn(account, () => hashPassword(password, { cost })),
      verify: (password, stored, account) =>
        inTurn(account, () => verifyPassword(password, stored ?? nobody, { cost })),
    }
  }
}

/** The wider networks of an IPv6 address as well: whoever holds a /56 has 256 of the narrow ones. */
function partiesAt(address: string | null): string[] {
  const from = parseAddress(address)
  if (!from) return ['network unknown']
  return [from.network, from.prefix56, from.prefix48].flatMap((network) => (network ? [`network ${network}`] : []))
}

function explain(error: unknown): never {
  if (error instanceof QueueFull) throw new AuthError(unavailable, { reason: 'too many hashes', retryAfter: 2 })
  if (error instanceof CallerGone) throw new AuthError(unavailable, { reason: 'the caller has gone' })
  throw error
}

declare module '../../kernel/deps.ts' {
  interface Deps {
    passwords: Passwords
  }
}
