/** A share smaller than this would be spent by chance. */
const SMALLEST_SHARE = 25
const MOST_SHARDS = 8

/**
 * The shard of a budget that an account belongs to, by its keyed name, so that nobody chooses it; and the shard's share. The
 * shares together are never more than the limit.
 */
export function shardOf(name: string, limit: number): { shard: number; limit: number } {
  const shards = Math.min(MOST_SHARDS, Math.max(1, Math.floor(limit / SMALLEST_SHARE)))
  const sum = Array.from(name).reduce((hash, character) => (hash * 31 + (character.codePointAt(0) ?? 0)) >>> 0, 7)
  return { shard: sum % shards, limit: Math.floor(limit / shards) }
}
