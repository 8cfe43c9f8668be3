/** False when this address has sent too many forged refresh tokens lately. */
export type MayForge = (address: string | null) => Promise<boolean>

/** The limit only spares us work: a token whose MAC is wrong is dead without it as well, so it may fail. */
export const forgedTokensWithin =
  (limit: RateLimit): MayForge =>
  async (address) => {
    try {
      return (await limit.limit({ key: address ?? 'nobody' })).success
    } catch (error) {
      const reason = error instanceof Error ? error.name : typeof error
      console.warn(JSON.stringify({ at: new Date().toISOString(), code: 'rate_limit_failed', reason }))
      return true
    }
  }
