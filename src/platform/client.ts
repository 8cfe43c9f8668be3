/** Who is calling, as far as the platform vouches for it. `X-Forwarded-For` is not read: anybody can write it. */
export type Client = { address: string | null; country: string | null; userAgent: string | null }

const LONGEST_USER_AGENT = 512

export function clientOf({ headers, cf }: Request, addressHeader: string): Client {
  return {
    address: headers.get(addressHeader),
    country: cf && 'country' in cf && typeof cf.country === 'string' ? cf.country : null,
    userAgent: headers.get('user-agent')?.slice(0, LONGEST_USER_AGENT) ?? null,
  }
}
