/** The caller, as the platform or a proven backend describes it. */
export type Client = {
  address: string | null
  country: string | null
  userAgent: string | null
  /** A language that mails are written in; null if the caller named none. */
  language: string | null
}

/** The client of work without a caller, such as the sweep. */
export const NOBODY: Client = { address: null, country: null, userAgent: null, language: null }

export const LONGEST_USER_AGENT = 512
