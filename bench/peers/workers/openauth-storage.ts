import { joinKey, type StorageAdapter, splitKey } from '@openauthjs/openauth/storage/storage'

type Entry = { value: Record<string, unknown>; until: number }

/** A map. The package's own storage in memory is a sorted list, whose inserts grow with its length. */
export function mapStorage(): StorageAdapter {
  const kept = new Map<string, Entry>()
  const live = (entry?: Entry) => (entry && entry.until > Date.now() ? entry.value : undefined)
  return {
    get: async (key) => live(kept.get(joinKey(key))),
    set: async (key, value, expiry) => {
      kept.set(joinKey(key), { value, until: expiry?.getTime() ?? Number.POSITIVE_INFINITY })
    },
    remove: async (key) => {
      kept.delete(joinKey(key))
    },
    async *scan(prefix) {
      for (const [key, entry] of kept) {
        const value = live(entry)
        if (value && key.startsWith(joinKey(prefix))) yield [splitKey(key), value]
      }
    },
  }
}
