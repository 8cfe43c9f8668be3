/** As much of a KV namespace as is asked for here, on a map: no write of it costs anything. */
export function mapNamespace() {
  const kept = new Map<string, string>()
  return {
    async get(key: string, options?: { type?: string }) {
      const text = kept.get(key)
      if (text === undefined) return null
      return options?.type === 'json' ? JSON.parse(text) : text
    },
    async put(key: string, text: string) {
      kept.set(key, text)
    },
    async delete(key: string) {
      kept.delete(key)
    },
    async list({ prefix = '' }: { prefix?: string } = {}) {
      const keys = [...kept.keys()].filter((name) => name.startsWith(prefix)).map((name) => ({ name }))
      return { keys, list_complete: true }
    },
  }
}
