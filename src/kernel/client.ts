/** Who is calling, as far as somebody vouches for it. */
export type Client = {
  address: string | null
  country: string | null
  userAgent: string | null
  /** Of those that mails are written in; null where nobody said. */
  language: string | null
}

/** What nobody asked for has no client. */
export const NOBODY: Client = { address: null, country: null, userAgent: null, language: null }

export const LONGEST_USER_AGENT = 512
