import { loadSigningKeys, type SigningKeys } from '../../crypto/signing-keys.ts'
import { createVerifiedCache, type VerifiedCache } from '../../crypto/verified-cache.ts'
import { type Config, ConfigError } from '../../kernel/config.ts'

/** Keys are imported at the first need and kept as long as the isolate lives. */
export type Tokens = { keys: () => Promise<SigningKeys>; remembered: VerifiedCache }

export function tokensWith({ signing }: Pick<Config, 'signing'>): Tokens {
  let loading: Promise<SigningKeys> | undefined
  return {
    keys: () => {
      loading ??= loadSigningKeys(signing).catch((cause) => {
        throw new ConfigError('The signing keys do not load: the two halves of one do not belong together.', { cause })
      })
      return loading
    },
    remembered: createVerifiedCache(),
  }
}

declare module '../../kernel/deps.ts' {
  interface Deps {
    tokens: Tokens
  }
}
