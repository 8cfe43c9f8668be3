/** A share smaller than this would be spent by chance. */
const SMALLEST_SHARE = 25
const MOST_SHARDS = 8

/**
 * The shard of an account and the shard's share of the limit. The keyed name decides, so no caller can choose a shard. The shares
 * never add up to more than the limit.
 */
export function shardOf(name: string, limit: number): { shard: number; limit: number } {
  const shards = Math.min(MOST_SHARDS, Math.max(1, Math.floor(limit / SMALLEST_SHARE)))
  const sum = Array.from(name).reduce((hash, character) => (hash * 31 + (character.codePointAt(0) ?? 0)) >>> 0, 7)
  return { shard: sum % shards, limit: Math.floor(limit / shards) }
}
