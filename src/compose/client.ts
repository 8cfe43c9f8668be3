import { Buffer } from 'node:buffer'
import { equalBytes } from '../crypto/bytes.ts'
import { languageOf } from '../features/mail/language.ts'
import { type Client, LONGEST_USER_AGENT } from '../kernel/client.ts'
import type { Config } from '../kernel/config.ts'

/**
 * The platform vouches for its own header, and a backend that proves itself with a key for the client that it serves: all
 * of its users would share its address otherwise. `X-Forwarded-For` is not read, since anybody can write it.
 */
export function clientOf(
  { headers, cf }: Request,
  config: Pick<Config, 'clientAddressHeader' | 'backendKeys'>,
): Client {
  const proven = isProvenBackend(headers.get('postern-backend-key'), config.backendKeys)
  return {
    address: headers.get(proven ? 'postern-client-address' : config.clientAddressHeader),
    country: proven ? null : countryOf(cf),
    userAgent: headers.get(proven ? 'postern-client-agent' : 'user-agent')?.slice(0, LONGEST_USER_AGENT) ?? null,
    // Read by the few who mail.
    get language() {
      return languageOf(headers.get('accept-language'))
    },
  }
}

const isProvenBackend = (key: string | null, known: readonly string[]): boolean =>
  key !== null && known.filter((each) => equalBytes(Buffer.from(each), Buffer.from(key))).length > 0

const countryOf = (cf: Request['cf']): string | null =>
  cf && 'country' in cf && typeof cf.country === 'string' ? cf.country : null
