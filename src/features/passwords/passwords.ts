import { type Hashed, type Hasher, PATIENCE_MS } from '../../crypto/hasher.ts'
import { dummyHash, type Verification } from '../../crypto/password-hash.ts'
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

/** The signal of a request removes its work from the line when its caller disconnects. */
export function passwordsWith({ cost }: Pick<Config['passwords'], 'cost'>, hasher: Hasher) {
  const nobody = dummyHash(cost)
  return (signal: () => AbortSignal | undefined, { address }: Pick<Client, 'address'>): Passwords => {
    const networks = partiesAt(address)
    const jobFor = (account: string, password: string) => ({
      password,
      cost,
      parties: [`account ${account}`, ...networks],
      deadline: Date.now() + PATIENCE_MS,
    })
    return {
      hash: async (password, account) => requireValue(await hasher.hash(jobFor(account, password), signal())),
      verify: async (password, stored, account) =>
        requireValue(await hasher.verify({ ...jobFor(account, password), stored: stored ?? nobody }, signal())),
    }
  }
}

/** The wider networks of an IPv6 address as well: whoever holds a /56 has 256 of the narrow ones. */
function partiesAt(address: string | null): string[] {
  const from = parseAddress(address)
  if (!from) return ['network unknown']
  return [from.network, from.prefix56, from.prefix48].flatMap((network) => (network ? [`network ${network}`] : []))
}

function requireValue<Value>(hashed: Hashed<Value>): Value {
  if (hashed.ok) return hashed.value
  if (hashed.error === 'busy') throw new AuthError(unavailable, { reason: 'too many hashes', retryAfter: 2 })
  throw new AuthError(unavailable, { reason: 'the caller has gone' })
}

declare module '../../kernel/deps.ts' {
  interface Deps {
    passwords: Passwords
  }
}
